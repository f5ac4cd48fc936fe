;; Vectorised loops over the rows of a factor, in float32. All matrices are row-major; pointers are byte addresses.
;; What they compute, and where the operands lie, is said in row-kernel.ts.
(module
  (memory (export "memory") 1)

  ;; Gathers one component of four rows, `stride` bytes apart.
  (func $gather (param $at i32) (param $stride i32) (result v128)
    (local $second i32)
    (local.set $second (i32.add (local.get $at) (local.get $stride)))
    (v128.load32_lane 3
      (i32.add (local.get $second) (i32.shl (local.get $stride) (i32.const 1)))
      (v128.load32_lane 2
        (i32.add (local.get $second) (local.get $stride))
        (v128.load32_lane 1
          (local.get $second)
          (v128.load32_zero (local.get $at))))))

  ;; The reverse of $gather.
  (func $scatter (param $at i32) (param $stride i32) (param $value v128)
    (local $second i32)
    (local.set $second (i32.add (local.get $at) (local.get $stride)))
    (v128.store32_lane 0 (local.get $at) (local.get $value))
    (v128.store32_lane 1 (local.get $second) (local.get $value))
    (v128.store32_lane 2 (i32.add (local.get $second) (local.get $stride)) (local.get $value))
    (v128.store32_lane 3
      (i32.add (local.get $second) (i32.shl (local.get $stride) (i32.const 1))) (local.get $value)))

  ;; One coordinate step on four rows: x at $at becomes max(x - gradient / G_kk, 0).
  ;; Returns the squared projected gradient there, over G_kk.
  (func $step (param $at i32) (param $gradient v128) (param $inverse v128) (result v128)
    (local $x v128)
    (local $move v128)
    (local.set $x (v128.load (local.get $at)))
    (local.set $move (f32x4.mul (local.get $gradient) (local.get $inverse)))
    ;; pmax(a, b) is a < b ? b : a, which keeps a NaN to be noticed in the loss.
    (v128.store (local.get $at)
      (f32x4.pmax (f32x4.sub (local.get $x) (local.get $move)) (v128.const f32x4 0 0 0 0)))
    (v128.and
      (f32x4.mul (local.get $gradient) (local.get $move))
      (v128.or
        (f32x4.gt (local.get $x) (v128.const f32x4 0 0 0 0))
        (f32x4.lt (local.get $gradient) (v128.const f32x4 0 0 0 0)))))

  ;; Coordinate descent on sixteen rows at a time, four to a vector.
  ;; $lanes is scratch for 128 r bytes: first x, then the correlation, each [r, 16].
  (func (export "sweep")
    (param $x i32) (param $c i32) (param $gram i32) (param $inverse i32) (param $lanes i32)
    (param $rows i32) (param $r i32) (param $sweeps i32) (result f64)
    (local $stride i32) (local $quad i32) (local $size i32)
    (local $row i32) (local $part i32) (local $k i32) (local $from i32) (local $to i32)
    (local $count i32) (local $g i32) (local $xk i32) (local $at i32) (local $inv i32)
    (local $a v128) (local $b v128) (local $d v128) (local $e v128) (local $s v128)
    (local $projected v128) (local $sum f64)
    (local.set $stride (i32.shl (local.get $r) (i32.const 2)))
    (local.set $quad (i32.shl (local.get $stride) (i32.const 2)))
    (local.set $size (i32.shl (local.get $r) (i32.const 6)))
    (loop $groups
      (local.set $part (i32.const 0))
      (loop $pack
        (local.set $k (i32.const 0))
        (local.set $from (i32.mul (local.get $part) (local.get $quad)))
        (local.set $to (i32.add (local.get $lanes) (i32.shl (local.get $part) (i32.const 4))))
        (loop $components
          (v128.store (local.get $to)
            (call $gather (i32.add (local.get $x) (local.get $from)) (local.get $stride)))
          (v128.store (i32.add (local.get $to) (local.get $size))
            (call $gather (i32.add (local.get $c) (local.get $from)) (local.get $stride)))
          (local.set $from (i32.add (local.get $from) (i32.const 4)))
          (local.set $to (i32.add (local.get $to) (i32.const 64)))
          (local.set $k (i32.add (local.get $k) (i32.const 1)))
          (br_if $components (i32.lt_u (local.get $k) (local.get $r))))
        (local.set $part (i32.add (local.get $part) (i32.const 1)))
        (br_if $pack (i32.lt_u (local.get $part) (i32.const 4))))

      (local.set $projected (v128.const f32x4 0 0 0 0))
      (local.set $count (i32.const 0))
      (loop $again
        (local.set $g (local.get $gram))
        (local.set $xk (local.get $lanes))
        (local.set $inv (local.get $inverse))
        (local.set $k (i32.const 0))
        (loop $components
          ;; gradient = G_k · x - c_k, one accumulator for every four rows.
          (local.set $to (i32.add (local.get $xk) (local.get $size)))
          (local.set $a (f32x4.neg (v128.load (local.get $to))))
          (local.set $b (f32x4.neg (v128.load offset=16 (local.get $to))))
          (local.set $d (f32x4.neg (v128.load offset=32 (local.get $to))))
          (local.set $e (f32x4.neg (v128.load offset=48 (local.get $to))))
          (local.set $at (local.get $lanes))
          (local.set $to (i32.add (local.get $lanes) (local.get $size)))
          (loop $terms
            (local.set $s (v128.load32_splat (local.get $g)))
            (local.set $a
              (f32x4.add (local.get $a) (f32x4.mul (local.get $s) (v128.load (local.get $at)))))
            (local.set $b
              (f32x4.add (local.get $b) (f32x4.mul (local.get $s) (v128.load offset=16 (local.get $at)))))
            (local.set $d
              (f32x4.add (local.get $d) (f32x4.mul (local.get $s) (v128.load offset=32 (local.get $at)))))
            (local.set $e
              (f32x4.add (local.get $e) (f32x4.mul (local.get $s) (v128.load offset=48 (local.get $at)))))
            (local.set $g (i32.add (local.get $g) (i32.const 4)))
            (local.set $at (i32.add (local.get $at) (i32.const 64)))
            (br_if $terms (i32.lt_u (local.get $at) (local.get $to))))
          (local.set $s (v128.load32_splat (local.get $inv)))
          (local.set $a (call $step (local.get $xk) (local.get $a) (local.get $s)))
          (local.set $b (call $step (i32.add (local.get $xk) (i32.const 16)) (local.get $b) (local.get $s)))
          (local.set $d (call $step (i32.add (local.get $xk) (i32.const 32)) (local.get $d) (local.get $s)))
          (local.set $e (call $step (i32.add (local.get $xk) (i32.const 48)) (local.get $e) (local.get $s)))
          (if (i32.eqz (local.get $count))
            (then
              (local.set $projected
                (f32x4.add (local.get $projected)
                  (f32x4.add
                    (f32x4.add (local.get $a) (local.get $b))
                    (f32x4.add (local.get $d) (local.get $e)))))))
          (local.set $xk (i32.add (local.get $xk) (i32.const 64)))
          (local.set $inv (i32.add (local.get $inv) (i32.const 4)))
          (local.set $k (i32.add (local.get $k) (i32.const 1)))
          (br_if $components (i32.lt_u (local.get $k) (local.get $r))))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $count) (local.get $sweeps))))
      (local.set $sum
        (f64.add (local.get $sum)
          (f64.promote_f32
            (f32.add
              (f32.add
                (f32x4.extract_lane 0 (local.get $projected)) (f32x4.extract_lane 1 (local.get $projected)))
              (f32.add
                (f32x4.extract_lane 2 (local.get $projected)) (f32x4.extract_lane 3 (local.get $projected)))))))

      (local.set $part (i32.const 0))
      (loop $unpack
        (local.set $k (i32.const 0))
        (local.set $to (i32.add (local.get $x) (i32.mul (local.get $part) (local.get $quad))))
        (local.set $from (i32.add (local.get $lanes) (i32.shl (local.get $part) (i32.const 4))))
        (loop $components
          (call $scatter (local.get $to) (local.get $stride) (v128.load (local.get $from)))
          (local.set $to (i32.add (local.get $to) (i32.const 4)))
          (local.set $from (i32.add (local.get $from) (i32.const 64)))
          (local.set $k (i32.add (local.get $k) (i32.const 1)))
          (br_if $components (i32.lt_u (local.get $k) (local.get $r))))
        (local.set $part (i32.add (local.get $part) (i32.const 1)))
        (br_if $unpack (i32.lt_u (local.get $part) (i32.const 4))))

      (local.set $x (i32.add (local.get $x) (i32.shl (local.get $quad) (i32.const 2))))
      (local.set $c (i32.add (local.get $c) (i32.shl (local.get $quad) (i32.const 2))))
      (local.set $row (i32.add (local.get $row) (i32.const 16)))
      (br_if $groups (i32.lt_u (local.get $row) (local.get $rows))))
    (local.get $sum))

  ;; Adds XᵀX to `gram` [r, pitch], its lower triangle only; four rows at a time.
  ;; Whole vectors are read and written, so that columns beyond the diagonal hold partial sums.
  (func (export "gram")
    (param $x i32) (param $gram i32) (param $rows i32) (param $r i32)
    (local $stride i32) (local $pitch i32) (local $row i32) (local $i i32)
    (local $at i32) (local $g i32) (local $end i32)
    (local $x1 i32) (local $x2 i32) (local $x3 i32)
    (local $a v128) (local $b v128) (local $d v128) (local $e v128)
    (local.set $stride (i32.shl (local.get $r) (i32.const 2)))
    (local.set $pitch (i32.and (i32.add (local.get $stride) (i32.const 15)) (i32.const -16)))
    (loop $quads
      (local.set $i (i32.const 0))
      (loop $components
        (local.set $at (i32.add (local.get $x) (i32.shl (local.get $i) (i32.const 2))))
        (local.set $a (v128.load32_splat (local.get $at)))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $b (v128.load32_splat (local.get $at)))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $d (v128.load32_splat (local.get $at)))
        (local.set $e (v128.load32_splat (i32.add (local.get $at) (local.get $stride))))
        (local.set $at (local.get $x))
        (local.set $x1 (i32.add (local.get $at) (local.get $stride)))
        (local.set $x2 (i32.add (local.get $x1) (local.get $stride)))
        (local.set $x3 (i32.add (local.get $x2) (local.get $stride)))
        (local.set $g (i32.add (local.get $gram) (i32.mul (local.get $i) (local.get $pitch))))
        (local.set $end (i32.add (local.get $g) (i32.shl (local.get $i) (i32.const 2))))
        (loop $columns
          (v128.store (local.get $g)
            (f32x4.add
              (v128.load (local.get $g))
              (f32x4.add
                (f32x4.add
                  (f32x4.mul (local.get $a) (v128.load (local.get $at)))
                  (f32x4.mul (local.get $b) (v128.load (local.get $x1))))
                (f32x4.add
                  (f32x4.mul (local.get $d) (v128.load (local.get $x2)))
                  (f32x4.mul (local.get $e) (v128.load (local.get $x3)))))))
          (local.set $g (i32.add (local.get $g) (i32.const 16)))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (local.set $x1 (i32.add (local.get $x1) (i32.const 16)))
          (local.set $x2 (i32.add (local.get $x2) (i32.const 16)))
          (local.set $x3 (i32.add (local.get $x3) (i32.const 16)))
          (br_if $columns (i32.le_u (local.get $g) (local.get $end))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $components (i32.lt_u (local.get $i) (local.get $r))))
      (local.set $x (i32.add (local.get $x) (i32.shl (local.get $stride) (i32.const 2))))
      (local.set $row (i32.add (local.get $row) (i32.const 4)))
      (br_if $quads (i32.lt_u (local.get $row) (local.get $rows)))))
)
