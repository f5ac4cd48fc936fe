;; Products of a sparse matrix with thin dense ones, in float32, sixteen columns at a time.
;; Pointers are byte addresses. A is stored by rows: `starts` [rows + 1] holds the address of each row's first entry,
;; an entry is the column (i32) and the value (f32). What the functions compute is said in sparse-kernel.ts.
(module
  (memory (export "memory") 1)

  ;; Y = A · B for B [cols, r] -> Y [rows, r], both without gaps. Whole blocks of sixteen columns are read and written:
  ;; what lies beyond r is overwritten by the next row, after the last row 64 bytes are scratch.
  (func (export "times")
    (param $starts i32) (param $rows i32) (param $b i32) (param $y i32) (param $r i32)
    (local $stride i32) (local $last i32) (local $block i32) (local $at i32) (local $end i32) (local $row i32)
    (local $s v128) (local $c0 v128) (local $c1 v128) (local $c2 v128) (local $c3 v128)
    (local.set $stride (i32.shl (local.get $r) (i32.const 2)))
    (local.set $last (i32.add (local.get $starts) (i32.shl (local.get $rows) (i32.const 2))))
    (loop $rows
      (local.set $end (i32.load offset=4 (local.get $starts)))
      (local.set $block (i32.const 0))
      (loop $blocks
        (local.set $at (i32.load (local.get $starts)))
        (local.set $c0 (v128.const f32x4 0 0 0 0))
        (local.set $c1 (v128.const f32x4 0 0 0 0))
        (local.set $c2 (v128.const f32x4 0 0 0 0))
        (local.set $c3 (v128.const f32x4 0 0 0 0))
        (if (i32.lt_u (local.get $at) (local.get $end))
          (then
            (loop $entries
              (local.set $row
                (i32.add
                  (i32.add (local.get $b) (local.get $block))
                  (i32.mul (i32.load (local.get $at)) (local.get $stride))))
              (local.set $s (v128.load32_splat offset=4 (local.get $at)))
              (local.set $c0
                (f32x4.add (local.get $c0) (f32x4.mul (local.get $s) (v128.load (local.get $row)))))
              (local.set $c1
                (f32x4.add (local.get $c1) (f32x4.mul (local.get $s) (v128.load offset=16 (local.get $row)))))
              (local.set $c2
                (f32x4.add (local.get $c2) (f32x4.mul (local.get $s) (v128.load offset=32 (local.get $row)))))
              (local.set $c3
                (f32x4.add (local.get $c3) (f32x4.mul (local.get $s) (v128.load offset=48 (local.get $row)))))
              (local.set $at (i32.add (local.get $at) (i32.const 8)))
              (br_if $entries (i32.lt_u (local.get $at) (local.get $end))))))
        (local.set $row (i32.add (local.get $y) (local.get $block)))
        (v128.store (local.get $row) (local.get $c0))
        (v128.store offset=16 (local.get $row) (local.get $c1))
        (v128.store offset=32 (local.get $row) (local.get $c2))
        (v128.store offset=48 (local.get $row) (local.get $c3))
        (local.set $block (i32.add (local.get $block) (i32.const 64)))
        (br_if $blocks (i32.lt_u (local.get $block) (local.get $stride))))
      (local.set $y (i32.add (local.get $y) (local.get $stride)))
      (local.set $starts (i32.add (local.get $starts) (i32.const 4)))
      (br_if $rows (i32.lt_u (local.get $starts) (local.get $last)))))

  ;; Y += Aᵀ · B for B [rows, r] without gaps -> Y [cols, pitch / 4], pitch in bytes and a multiple of 64. Columns of Y
  ;; beyond r hold anything.
  (func (export "transposedTimes")
    (param $starts i32) (param $rows i32) (param $b i32) (param $y i32) (param $r i32) (param $pitch i32)
    (local $stride i32) (local $last i32) (local $block i32) (local $at i32) (local $end i32) (local $row i32)
    (local $s v128) (local $b0 v128) (local $b1 v128) (local $b2 v128) (local $b3 v128)
    (local.set $stride (i32.shl (local.get $r) (i32.const 2)))
    (local.set $last (i32.add (local.get $starts) (i32.shl (local.get $rows) (i32.const 2))))
    (loop $rows
      (local.set $end (i32.load offset=4 (local.get $starts)))
      (local.set $block (i32.const 0))
      (loop $blocks
        (local.set $at (i32.load (local.get $starts)))
        (if (i32.lt_u (local.get $at) (local.get $end))
          (then
            (local.set $row (i32.add (local.get $b) (local.get $block)))
            (local.set $b0 (v128.load (local.get $row)))
            (local.set $b1 (v128.load offset=16 (local.get $row)))
            (local.set $b2 (v128.load offset=32 (local.get $row)))
            (local.set $b3 (v128.load offset=48 (local.get $row)))
            (loop $entries
              (local.set $row
                (i32.add
                  (i32.add (local.get $y) (local.get $block))
                  (i32.mul (i32.load (local.get $at)) (local.get $pitch))))
              (local.set $s (v128.load32_splat offset=4 (local.get $at)))
              (v128.store (local.get $row)
                (f32x4.add (v128.load (local.get $row)) (f32x4.mul (local.get $s) (local.get $b0))))
              (v128.store offset=16 (local.get $row)
                (f32x4.add (v128.load offset=16 (local.get $row)) (f32x4.mul (local.get $s) (local.get $b1))))
              (v128.store offset=32 (local.get $row)
                (f32x4.add (v128.load offset=32 (local.get $row)) (f32x4.mul (local.get $s) (local.get $b2))))
              (v128.store offset=48 (local.get $row)
                (f32x4.add (v128.load offset=48 (local.get $row)) (f32x4.mul (local.get $s) (local.get $b3))))
              (local.set $at (i32.add (local.get $at) (i32.const 8)))
              (br_if $entries (i32.lt_u (local.get $at) (local.get $end))))))
        (local.set $block (i32.add (local.get $block) (i32.const 64)))
        (br_if $blocks (i32.lt_u (local.get $block) (local.get $stride))))
      (local.set $b (i32.add (local.get $b) (local.get $stride)))
      (local.set $starts (i32.add (local.get $starts) (i32.const 4)))
      (br_if $rows (i32.lt_u (local.get $starts) (local.get $last)))))
)
