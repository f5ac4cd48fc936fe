;; Rows of gradients of several cotangents at once, in float32, sixteen lanes a value, only where masks are open.
;; Pointers are byte addresses; the first 64 bytes of memory are zero. The layout of buffers, operations and programmes is
;; written by sweep-program.ts. What stands between braces computes four vectors of four lanes; compile-wat.ts writes it
;; out for three, two and one too, without the lines that name a later vector.
;;
;; A buffer holds rows of a gradient in a ring. A row's open values lie one behind another, 64 bytes each, position by
;; position, channels ascending; `lists` holds beside each its channel * 4 (i32). The record of a position has the address
;; of its first value, then for every channel cut of the buffer where in the list it begins. The index, where there is
;; one, has the address of the value of every channel of a position, 0 where it is closed.
;;
;; Buffer:     0 channels  4 height  8 width  12 ring  16 values  20 lists  24 records  28 bytes of a record
;;            32 channel cuts (pointer)  36 bits that say what is open, or 0  40 low  44 high (f32)  48 index or 0
;;            52 bytes from the bits of one channel [height, width] to those of the next
;; Operation:  0 kind  4 target  8 source  12 first cut  16 last cut  20 channel at the first cut  24 accumulates
;;            28 weights  32 kernel height, width  40 strides  48 pads  56 dilations  64 table  68 scratch
;;            72 outer values  76 lane stride  80 channel stride  84 row stride  88 column stride
(module
  (memory (import "machine" "memory") 1 65536 shared)
  (type $operation (func (param i32 i32)))
  (table funcref
    (elem $list $zero $conv $depthwise $pool $average $add $load $store $choose $mask $lanes
      $conv3 $depthwise3 $conv2 $depthwise2 $conv1 $depthwise1))

  ;; From $conv and $depthwise to those of as many vectors as the cotangents need, in the table.
  (global $narrower (mut i32) (i32.const 0))

  ;; Carries out the operations of [start, end): pairs of an operation's address and a row.
  (func (export "run") (param $at i32) (param $end i32)
    (local $kind i32)
    (block $done
      (loop $each
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $kind (i32.load (i32.load (local.get $at))))
        ;; $conv and $depthwise, 2 and 3.
        (if (i32.eq (i32.shr_u (local.get $kind) (i32.const 1)) (i32.const 1))
          (then (local.set $kind (i32.add (local.get $kind) (global.get $narrower)))))
        (call_indirect (type $operation)
          (i32.load (local.get $at))
          (i32.load offset=4 (local.get $at))
          (local.get $kind))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br $each))))

  ;; Sets how many vectors of four lanes the operations to come compute: the word at `weights`.
  (func $lanes (param $op i32) (param $row i32)
    (local $vectors i32)
    (local.set $vectors (i32.load (i32.load offset=28 (local.get $op))))
    (global.set $narrower
      (select
        (i32.const 0)
        (i32.sub (i32.const 16) (i32.shl (local.get $vectors) (i32.const 1)))
        (i32.eq (local.get $vectors) (i32.const 4)))))

  ;; Index of a row's first position in a buffer's ring.
  (func $slot (param $buffer i32) (param $row i32) (result i32)
    (i32.mul
      (i32.rem_u (local.get $row) (i32.load offset=12 (local.get $buffer)))
      (i32.load offset=8 (local.get $buffer))))

  ;; Address of the record of a position of the ring.
  (func $record (param $buffer i32) (param $position i32) (result i32)
    (i32.add
      (i32.load offset=24 (local.get $buffer))
      (i32.mul (local.get $position) (i32.load offset=28 (local.get $buffer)))))

  ;; Where a position's list begins at a cut.
  (func $cut (param $record i32) (param $cut i32) (result i32)
    (i32.load offset=4 (i32.add (local.get $record) (i32.shl (local.get $cut) (i32.const 2)))))

  ;; Where a position's list ends.
  (func $listEnd (param $buffer i32) (param $record i32) (result i32)
    (i32.load
      (i32.sub
        (i32.add (local.get $record) (i32.load offset=28 (local.get $buffer)))
        (i32.const 4))))

  ;; Address of the value beside an entry of a position's list.
  (func $valueAt (param $record i32) (param $entry i32) (result i32)
    (i32.add
      (i32.load (local.get $record))
      (i32.shl (i32.sub (local.get $entry) (i32.load offset=4 (local.get $record))) (i32.const 4))))

  ;; Index of a position: addresses of its values by channel.
  (func $indexOf (param $buffer i32) (param $position i32) (result i32)
    (i32.add
      (i32.load offset=48 (local.get $buffer))
      (i32.shl (i32.mul (local.get $position) (i32.load (local.get $buffer))) (i32.const 2))))

  ;; Output position that tap `tap` of a window reaches from an input position, or -1.
  (func $reach (param $at i32) (param $tap i32) (param $stride i32) (param $pad i32) (param $dilation i32)
    (param $count i32) (result i32)
    (local.set $at
      (i32.sub (i32.add (local.get $at) (local.get $pad)) (i32.mul (local.get $tap) (local.get $dilation))))
    (if (i32.ne (local.get $stride) (i32.const 1))
      (then
        (if (i32.lt_s (local.get $at) (i32.const 0)) (then (return (i32.const -1))))
        (if (i32.rem_u (local.get $at) (local.get $stride)) (then (return (i32.const -1))))
        (local.set $at (i32.div_u (local.get $at) (local.get $stride)))))
    (select (local.get $at) (i32.const -1) (i32.lt_u (local.get $at) (local.get $count))))

  ;; Output row or column that a tap reaches, by the operation's geometry.
  (func $rowReached (param $op i32) (param $row i32) (param $ky i32) (result i32)
    (call $reach (local.get $row) (local.get $ky)
      (i32.load offset=40 (local.get $op)) (i32.load offset=48 (local.get $op))
      (i32.load offset=56 (local.get $op)) (i32.load offset=4 (i32.load offset=8 (local.get $op)))))
  (func $columnReached (param $op i32) (param $x i32) (param $kx i32) (result i32)
    (call $reach (local.get $x) (local.get $kx)
      (i32.load offset=44 (local.get $op)) (i32.load offset=52 (local.get $op))
      (i32.load offset=60 (local.get $op)) (i32.load offset=8 (i32.load offset=8 (local.get $op)))))

  ;; Sets the bits of one channel (the `row`) where the value in the plane at `weights` is between low and high.
  (func $mask (param $op i32) (param $c i32)
    (local $buffer i32) (local $count i32) (local $at i32) (local $bits i32) (local $end i32) (local $four i32)
    (local $word i32) (local $low v128) (local $high v128) (local $v v128)
    (local.set $buffer (i32.load offset=4 (local.get $op)))
    (local.set $low (v128.load32_splat offset=40 (local.get $buffer)))
    (local.set $high (v128.load32_splat offset=44 (local.get $buffer)))
    (local.set $count
      (i32.shl
        (i32.mul (i32.load offset=4 (local.get $buffer)) (i32.load offset=8 (local.get $buffer)))
        (i32.const 2)))
    (local.set $at
      (i32.add (i32.load offset=28 (local.get $op)) (i32.mul (local.get $c) (local.get $count))))
    (local.set $end (i32.add (local.get $at) (local.get $count)))
    (local.set $bits
      (i32.add
        (i32.load offset=36 (local.get $buffer))
        (i32.mul (local.get $c) (i32.load offset=52 (local.get $buffer)))))
    (loop $words
      (local.set $word (i32.const 0))
      (local.set $four (i32.const 0))
      (loop $fours
        (local.set $v (v128.load (local.get $at)))
        (local.set $word
          (i32.or
            (local.get $word)
            (i32.shl
              (i32x4.bitmask
                (v128.and
                  (f32x4.gt (local.get $v) (local.get $low))
                  (f32x4.lt (local.get $v) (local.get $high))))
              (local.get $four))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (local.set $four (i32.add (local.get $four) (i32.const 4)))
        (br_if $fours (i32.lt_u (local.get $four) (i32.const 32))))
      (i32.store (local.get $bits) (local.get $word))
      (local.set $bits (i32.add (local.get $bits) (i32.const 4)))
      (br_if $words (i32.lt_u (local.get $at) (local.get $end)))))

  ;; Writes lists, records and index of a row, sixteen positions at a time: first a 16-bit mask for every channel, then
  ;; the lists. Without bits everything is open.
  (func $list (param $op i32) (param $row i32)
    (local $buffer i32) (local $width i32) (local $channels i32) (local $bits i32) (local $pitch i32) (local $shift i32)
    (local $masks i32) (local $mask i32) (local $c i32) (local $stop i32)
    (local $position i32) (local $record i32) (local $entry i32) (local $value i32) (local $index i32)
    (local $x i32) (local $bit i32) (local $blockEnd i32) (local $cut i32) (local $recordEnd i32) (local $at i32)
    (local $open i32) (local $start i32)
    (local.set $buffer (i32.load offset=4 (local.get $op)))
    (local.set $masks (i32.load offset=68 (local.get $op)))
    (local.set $channels (i32.load (local.get $buffer)))
    (local.set $width (i32.load offset=8 (local.get $buffer)))
    (local.set $bits (i32.load offset=36 (local.get $buffer)))
    (local.set $pitch (i32.load offset=52 (local.get $buffer)))
    (local.set $position (call $slot (local.get $buffer) (local.get $row)))
    (local.set $record (call $record (local.get $buffer) (local.get $position)))
    (local.set $index
      (select
        (call $indexOf (local.get $buffer) (local.get $position))
        (i32.const 0)
        (i32.load offset=48 (local.get $buffer))))
    (local.set $position (i32.mul (local.get $position) (local.get $channels)))
    (local.set $entry
      (i32.add (i32.load offset=20 (local.get $buffer)) (i32.shl (local.get $position) (i32.const 2))))
    (local.set $value
      (i32.add (i32.load offset=16 (local.get $buffer)) (i32.shl (local.get $position) (i32.const 6))))
    (loop $blocks
      (local.set $c (i32.const 0))
      (local.set $mask (local.get $masks))
      (if (local.get $bits)
        (then
          (local.set $at (i32.add (i32.mul (local.get $row) (local.get $width)) (local.get $x)))
          (local.set $shift (i32.and (local.get $at) (i32.const 7)))
          (local.set $at (i32.add (local.get $bits) (i32.shr_u (local.get $at) (i32.const 3))))
          (loop $channels
            (i32.store16 (local.get $mask) (i32.shr_u (i32.load (local.get $at)) (local.get $shift)))
            (local.set $at (i32.add (local.get $at) (local.get $pitch)))
            (local.set $mask (i32.add (local.get $mask) (i32.const 2)))
            (local.set $c (i32.add (local.get $c) (i32.const 1)))
            (br_if $channels (i32.lt_u (local.get $c) (local.get $channels)))))
        (else
          (memory.fill (local.get $masks) (i32.const 255) (i32.shl (local.get $channels) (i32.const 1)))))
      (local.set $bit (i32.const 0))
      (local.set $blockEnd (i32.sub (local.get $width) (local.get $x)))
      (if (i32.gt_u (local.get $blockEnd) (i32.const 16)) (then (local.set $blockEnd (i32.const 16))))
      (loop $positions
        (i32.store (local.get $record) (local.get $value))
        (i32.store offset=4 (local.get $record) (local.get $entry))
        (local.set $start (local.get $entry))
        (local.set $recordEnd (i32.add (local.get $record) (i32.load offset=28 (local.get $buffer))))
        (local.set $record (i32.add (local.get $record) (i32.const 8)))
        (local.set $cut (i32.add (i32.load offset=32 (local.get $buffer)) (i32.const 4)))
        (local.set $c (i32.const 0))
        (local.set $mask (local.get $masks))
        (loop $cuts
          (local.set $stop (i32.shl (i32.load (local.get $cut)) (i32.const 2)))
          (if (local.get $index)
            (then
              (loop $indexed
                (local.set $open
                  (i32.and
                    (i32.shr_u (i32.load16_u (local.get $mask)) (local.get $bit))
                    (i32.const 1)))
                (i32.store (local.get $entry) (local.get $c))
                (i32.store (i32.add (local.get $index) (local.get $c))
                  (i32.and
                    (i32.add
                      (local.get $value)
                      (i32.shl (i32.sub (local.get $entry) (local.get $start)) (i32.const 4)))
                    (i32.sub (i32.const 0) (local.get $open))))
                (local.set $entry (i32.add (local.get $entry) (i32.shl (local.get $open) (i32.const 2))))
                (local.set $mask (i32.add (local.get $mask) (i32.const 2)))
                (local.set $c (i32.add (local.get $c) (i32.const 4)))
                (br_if $indexed (i32.lt_u (local.get $c) (local.get $stop)))))
            (else
              (loop $listed
                (i32.store (local.get $entry) (local.get $c))
                (local.set $entry
                  (i32.add
                    (local.get $entry)
                    (i32.shl
                      (i32.and
                        (i32.shr_u (i32.load16_u (local.get $mask)) (local.get $bit))
                        (i32.const 1))
                      (i32.const 2))))
                (local.set $mask (i32.add (local.get $mask) (i32.const 2)))
                (local.set $c (i32.add (local.get $c) (i32.const 4)))
                (br_if $listed (i32.lt_u (local.get $c) (local.get $stop))))))
          (i32.store (local.get $record) (local.get $entry))
          (local.set $record (i32.add (local.get $record) (i32.const 4)))
          (local.set $cut (i32.add (local.get $cut) (i32.const 4)))
          (br_if $cuts (i32.lt_u (local.get $record) (local.get $recordEnd))))
        (local.set $value
          (i32.add
            (local.get $value)
            (i32.shl (i32.sub (local.get $entry) (local.get $start)) (i32.const 4))))
        (if (local.get $index)
          (then
            (local.set $index
              (i32.add (local.get $index) (i32.shl (local.get $channels) (i32.const 2))))))
        (local.set $bit (i32.add (local.get $bit) (i32.const 1)))
        (br_if $positions (i32.lt_u (local.get $bit) (local.get $blockEnd))))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (br_if $blocks (i32.lt_u (local.get $x) (local.get $width)))))

  ;; Sets the values of a row to zero.
  (func $zero (param $op i32) (param $row i32)
    (local $buffer i32) (local $position i32) (local $first i32) (local $last i32)
    (local.set $buffer (i32.load offset=4 (local.get $op)))
    (local.set $position (call $slot (local.get $buffer) (local.get $row)))
    (local.set $first (call $record (local.get $buffer) (local.get $position)))
    (local.set $last
      (call $record (local.get $buffer)
        (i32.sub
          (i32.add (local.get $position) (i32.load offset=8 (local.get $buffer)))
          (i32.const 1))))
    (memory.fill
      (i32.load (local.get $first))
      (i32.const 0)
      (i32.sub
        (call $valueAt (local.get $last) (call $listEnd (local.get $buffer) (local.get $last)))
        (i32.load (local.get $first)))))

  ;; Writes to scratch what the taps of a window reach from a position: address of the first value, its place in the list,
  ;; end of the list, weights of the tap; the index in the place of the values for `isIndexed`. Taps that reach nothing
  ;; are left out. Returns the end of what was written.
  (func $taps (param $op i32) (param $row i32) (param $x i32) (param $tapBytes i32) (param $isIndexed i32) (result i32)
    (local $source i32) (local $ky i32) (local $kx i32) (local $oy i32) (local $ox i32) (local $position i32)
    (local $record i32) (local $from i32) (local $to i32) (local $out i32) (local $weights i32) (local $channel i32)
    (local.set $source (i32.load offset=8 (local.get $op)))
    (local.set $out (i32.load offset=68 (local.get $op)))
    (local.set $channel (i32.shl (i32.load offset=20 (local.get $op)) (i32.const 2)))
    (local.set $weights (i32.sub (i32.load offset=28 (local.get $op)) (local.get $channel)))
    (loop $rows
      (local.set $oy (call $rowReached (local.get $op) (local.get $row) (local.get $ky)))
      (if (i32.ge_s (local.get $oy) (i32.const 0))
        (then
          (local.set $kx (i32.const 0))
          (loop $columns
            (local.set $ox (call $columnReached (local.get $op) (local.get $x) (local.get $kx)))
            (if (i32.ge_s (local.get $ox) (i32.const 0))
              (then
                (local.set $position (i32.add (call $slot (local.get $source) (local.get $oy)) (local.get $ox)))
                (local.set $record (call $record (local.get $source) (local.get $position)))
                (local.set $from (call $cut (local.get $record) (i32.load offset=12 (local.get $op))))
                (local.set $to (call $cut (local.get $record) (i32.load offset=16 (local.get $op))))
                (if (i32.lt_u (local.get $from) (local.get $to))
                  (then
                    (i32.store (local.get $out)
                      (if (result i32) (local.get $isIndexed)
                        (then
                          (i32.add
                            (call $indexOf (local.get $source) (local.get $position))
                            (local.get $channel)))
                        (else (call $valueAt (local.get $record) (local.get $from)))))
                    (i32.store offset=4 (local.get $out) (local.get $from))
                    (i32.store offset=8 (local.get $out) (local.get $to))
                    (i32.store offset=12 (local.get $out)
                      (i32.add
                        (local.get $weights)
                        (i32.mul
                          (i32.add
                            (i32.mul (local.get $ky) (i32.load offset=36 (local.get $op)))
                            (local.get $kx))
                          (local.get $tapBytes))))
                    (local.set $out (i32.add (local.get $out) (i32.const 16)))))))
            (local.set $kx (i32.add (local.get $kx) (i32.const 1)))
            (br_if $columns (i32.lt_u (local.get $kx) (i32.load offset=36 (local.get $op)))))))
      (local.set $ky (i32.add (local.get $ky) (i32.const 1)))
      (br_if $rows (i32.lt_u (local.get $ky) (i32.load offset=32 (local.get $op)))))
    (local.get $out))

  ;; {
  ;; Adjoint of a convolution. Weights are [taps, input channels, output channels]; `table` holds the bytes from one
  ;; input channel to the next. Two input channels at a time share the loads of the values.
  (func $conv (param $op i32) (param $row i32)
    (local $target i32) (local $position i32) (local $x i32) (local $record i32) (local $at i32) (local $end i32)
    (local $taps i32) (local $tapsEnd i32) (local $tap i32) (local $channelBytes i32) (local $tapBytes i32)
    (local $p i32) (local $q i32) (local $wp i32) (local $wq i32) (local $ap i32) (local $aq i32)
    (local $open i32) (local $openEnd i32) (local $o i32) (local $w i32) (local $g i32)
    (local $s v128) (local $u v128) (local $v v128)
    (local $a0 v128) (local $b0 v128)
    (local $a1 v128) (local $b1 v128)
    (local $a2 v128) (local $b2 v128)
    (local $a3 v128) (local $b3 v128)
    (local.set $target (i32.load offset=4 (local.get $op)))
    (local.set $channelBytes (i32.load offset=64 (local.get $op)))
    (local.set $tapBytes (i32.mul (local.get $channelBytes) (i32.load (local.get $target))))
    (local.set $taps (i32.load offset=68 (local.get $op)))
    (local.set $position (call $slot (local.get $target) (local.get $row)))
    (loop $positions
      (local.set $record
        (call $record (local.get $target) (i32.add (local.get $position) (local.get $x))))
      (local.set $at (call $cut (local.get $record) (i32.const 0)))
      (local.set $end (call $listEnd (local.get $target) (local.get $record)))
      (if (i32.lt_u (local.get $at) (local.get $end))
        (then
          (local.set $p (i32.load (local.get $record)))
          (local.set $tapsEnd
            (call $taps (local.get $op) (local.get $row) (local.get $x) (local.get $tapBytes) (i32.const 0)))
          (loop $channels
            (local.set $wp
              (i32.mul (i32.shr_u (i32.load (local.get $at)) (i32.const 2)) (local.get $channelBytes)))
            (local.set $q (i32.add (local.get $p) (i32.const 64)))
            (local.set $wq (local.get $wp))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (if (i32.lt_u (local.get $at) (local.get $end))
              (then
                (local.set $wq
                  (i32.mul (i32.shr_u (i32.load (local.get $at)) (i32.const 2)) (local.get $channelBytes))))
              ;; The last of an odd number of channels is computed twice.
              (else (local.set $q (local.get $p))))
            (if (i32.load offset=24 (local.get $op))
              (then
                (local.set $a0 (v128.load (local.get $p)))
                (local.set $a1 (v128.load offset=16 (local.get $p)))
                (local.set $a2 (v128.load offset=32 (local.get $p)))
                (local.set $a3 (v128.load offset=48 (local.get $p)))
                (local.set $b0 (v128.load (local.get $q)))
                (local.set $b1 (v128.load offset=16 (local.get $q)))
                (local.set $b2 (v128.load offset=32 (local.get $q)))
                (local.set $b3 (v128.load offset=48 (local.get $q)))
              )
              (else
                (local.set $a0 (v128.const f32x4 0 0 0 0))
                (local.set $a1 (v128.const f32x4 0 0 0 0))
                (local.set $a2 (v128.const f32x4 0 0 0 0))
                (local.set $a3 (v128.const f32x4 0 0 0 0))
                (local.set $b0 (v128.const f32x4 0 0 0 0))
                (local.set $b1 (v128.const f32x4 0 0 0 0))
                (local.set $b2 (v128.const f32x4 0 0 0 0))
                (local.set $b3 (v128.const f32x4 0 0 0 0))
              ))
            (local.set $tap (local.get $taps))
            (if (i32.lt_u (local.get $tap) (local.get $tapsEnd))
              (then
                (loop $eachTap
                  (local.set $g (i32.load (local.get $tap)))
                  (local.set $open (i32.load offset=4 (local.get $tap)))
                  (local.set $openEnd (i32.load offset=8 (local.get $tap)))
                  (local.set $w (i32.load offset=12 (local.get $tap)))
                  (local.set $ap (i32.add (local.get $w) (local.get $wp)))
                  (local.set $aq (i32.add (local.get $w) (local.get $wq)))
                  (loop $items
                    (local.set $o (i32.load (local.get $open)))
                    (local.set $s (v128.load32_splat (i32.add (local.get $ap) (local.get $o))))
                    (local.set $u (v128.load32_splat (i32.add (local.get $aq) (local.get $o))))
                    (local.set $v (v128.load (local.get $g)))
                    (local.set $a0 (f32x4.add (local.get $a0) (f32x4.mul (local.get $s) (local.get $v))))
                    (local.set $b0 (f32x4.add (local.get $b0) (f32x4.mul (local.get $u) (local.get $v))))
                    (local.set $v (v128.load offset=16 (local.get $g)))
                    (local.set $a1 (f32x4.add (local.get $a1) (f32x4.mul (local.get $s) (local.get $v))))
                    (local.set $b1 (f32x4.add (local.get $b1) (f32x4.mul (local.get $u) (local.get $v))))
                    (local.set $v (v128.load offset=32 (local.get $g)))
                    (local.set $a2 (f32x4.add (local.get $a2) (f32x4.mul (local.get $s) (local.get $v))))
                    (local.set $b2 (f32x4.add (local.get $b2) (f32x4.mul (local.get $u) (local.get $v))))
                    (local.set $v (v128.load offset=48 (local.get $g)))
                    (local.set $a3 (f32x4.add (local.get $a3) (f32x4.mul (local.get $s) (local.get $v))))
                    (local.set $b3 (f32x4.add (local.get $b3) (f32x4.mul (local.get $u) (local.get $v))))
                    (local.set $g (i32.add (local.get $g) (i32.const 64)))
                    (local.set $open (i32.add (local.get $open) (i32.const 4)))
                    (br_if $items (i32.lt_u (local.get $open) (local.get $openEnd))))
                  (local.set $tap (i32.add (local.get $tap) (i32.const 16)))
                  (br_if $eachTap (i32.lt_u (local.get $tap) (local.get $tapsEnd))))))
            (v128.store (local.get $p) (local.get $a0))
            (v128.store offset=16 (local.get $p) (local.get $a1))
            (v128.store offset=32 (local.get $p) (local.get $a2))
            (v128.store offset=48 (local.get $p) (local.get $a3))
            (v128.store (local.get $q) (local.get $b0))
            (v128.store offset=16 (local.get $q) (local.get $b1))
            (v128.store offset=32 (local.get $q) (local.get $b2))
            (v128.store offset=48 (local.get $q) (local.get $b3))
            (local.set $p (i32.add (local.get $p) (i32.const 128)))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (br_if $channels (i32.lt_u (local.get $at) (local.get $end))))))
      (local.set $x (i32.add (local.get $x) (i32.const 1)))
      (br_if $positions (i32.lt_u (local.get $x) (i32.load offset=8 (local.get $target))))))

  ;; Adjoint of a convolution with a channel to a group: weights [taps, channels]. The source has an index.
  (func $depthwise (param $op i32) (param $row i32)
    (local $target i32) (local $position i32) (local $x i32) (local $record i32) (local $at i32) (local $end i32)
    (local $taps i32) (local $tapsEnd i32) (local $tap i32) (local $p i32) (local $o i32) (local $g i32)
    (local $s v128)
    (local $a0 v128)
    (local $a1 v128)
    (local $a2 v128)
    (local $a3 v128)
    (local.set $target (i32.load offset=4 (local.get $op)))
    (local.set $taps (i32.load offset=68 (local.get $op)))
    (local.set $position (call $slot (local.get $target) (local.get $row)))
    (loop $positions
      (local.set $record
        (call $record (local.get $target) (i32.add (local.get $position) (local.get $x))))
      (local.set $at (call $cut (local.get $record) (i32.const 0)))
      (local.set $end (call $listEnd (local.get $target) (local.get $record)))
      (if (i32.lt_u (local.get $at) (local.get $end))
        (then
          (local.set $p (i32.load (local.get $record)))
          (local.set $tapsEnd
            (call $taps (local.get $op) (local.get $row) (local.get $x)
              (i32.shl (i32.load (local.get $target)) (i32.const 2)) (i32.const 1)))
          (loop $channels
            (local.set $o (i32.load (local.get $at)))
            (if (i32.load offset=24 (local.get $op))
              (then
                (local.set $a0 (v128.load (local.get $p)))
                (local.set $a1 (v128.load offset=16 (local.get $p)))
                (local.set $a2 (v128.load offset=32 (local.get $p)))
                (local.set $a3 (v128.load offset=48 (local.get $p)))
              )
              (else
                (local.set $a0 (v128.const f32x4 0 0 0 0))
                (local.set $a1 (v128.const f32x4 0 0 0 0))
                (local.set $a2 (v128.const f32x4 0 0 0 0))
                (local.set $a3 (v128.const f32x4 0 0 0 0))
              ))
            (local.set $tap (local.get $taps))
            (if (i32.lt_u (local.get $tap) (local.get $tapsEnd))
              (then
                (loop $eachTap
                  (local.set $g (i32.load (i32.add (i32.load (local.get $tap)) (local.get $o))))
                  (local.set $s
                    (v128.load32_splat (i32.add (i32.load offset=12 (local.get $tap)) (local.get $o))))
                  (local.set $a0 (f32x4.add (local.get $a0) (f32x4.mul (local.get $s) (v128.load (local.get $g)))))
                  (local.set $a1 (f32x4.add (local.get $a1) (f32x4.mul (local.get $s) (v128.load offset=16 (local.get $g)))))
                  (local.set $a2 (f32x4.add (local.get $a2) (f32x4.mul (local.get $s) (v128.load offset=32 (local.get $g)))))
                  (local.set $a3 (f32x4.add (local.get $a3) (f32x4.mul (local.get $s) (v128.load offset=48 (local.get $g)))))
                  (local.set $tap (i32.add (local.get $tap) (i32.const 16)))
                  (br_if $eachTap (i32.lt_u (local.get $tap) (local.get $tapsEnd))))))
            (v128.store (local.get $p) (local.get $a0))
            (v128.store offset=16 (local.get $p) (local.get $a1))
            (v128.store offset=32 (local.get $p) (local.get $a2))
            (v128.store offset=48 (local.get $p) (local.get $a3))
            (local.set $p (i32.add (local.get $p) (i32.const 64)))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (br_if $channels (i32.lt_u (local.get $at) (local.get $end))))))
      (local.set $x (i32.add (local.get $x) (i32.const 1)))
      (br_if $positions (i32.lt_u (local.get $x) (i32.load offset=8 (local.get $target))))))
  ;; }

  ;; Adds the sixteen lanes at $g, each times $s, to those at $p.
  (func $addTimes (param $p i32) (param $g i32) (param $s v128)
    (v128.store (local.get $p)
      (f32x4.add (v128.load (local.get $p)) (f32x4.mul (local.get $s) (v128.load (local.get $g)))))
    (v128.store offset=16 (local.get $p)
      (f32x4.add (v128.load offset=16 (local.get $p)) (f32x4.mul (local.get $s) (v128.load offset=16 (local.get $g)))))
    (v128.store offset=32 (local.get $p)
      (f32x4.add (v128.load offset=32 (local.get $p)) (f32x4.mul (local.get $s) (v128.load offset=32 (local.get $g)))))
    (v128.store offset=48 (local.get $p)
      (f32x4.add (v128.load offset=48 (local.get $p)) (f32x4.mul (local.get $s) (v128.load offset=48 (local.get $g))))))

  ;; Adjoint of a maximum pooling: adds what the windows that chose a position of this row bring. `table` is the chosen
  ;; index in the target's plane for every window [height, width, channels] (i32). The target has an index.
  (func $pool (param $op i32) (param $row i32)
    (local $target i32) (local $source i32) (local $ky i32) (local $oy i32) (local $ox i32) (local $record i32)
    (local $at i32) (local $end i32) (local $g i32) (local $o i32) (local $chosen i32) (local $base i32)
    (local $channel i32) (local $width i32) (local $rowStart i32) (local $slot i32) (local $p i32)
    (local.set $target (i32.load offset=4 (local.get $op)))
    (local.set $source (i32.load offset=8 (local.get $op)))
    (local.set $width (i32.load offset=8 (local.get $target)))
    (local.set $rowStart (i32.mul (local.get $row) (local.get $width)))
    (local.set $slot (call $slot (local.get $target) (local.get $row)))
    (local.set $channel (i32.shl (i32.load offset=20 (local.get $op)) (i32.const 2)))
    (loop $taps
      (local.set $oy (call $rowReached (local.get $op) (local.get $row) (local.get $ky)))
      (if (i32.ge_s (local.get $oy) (i32.const 0))
        (then
          (local.set $ox (i32.const 0))
          (loop $columns
            (local.set $record
              (call $record (local.get $source)
                (i32.add (call $slot (local.get $source) (local.get $oy)) (local.get $ox))))
            (local.set $base
              (i32.add
                (i32.load offset=64 (local.get $op))
                (i32.shl
                  (i32.mul
                    (i32.add
                      (i32.mul (local.get $oy) (i32.load offset=8 (local.get $source)))
                      (local.get $ox))
                    (i32.load (local.get $target)))
                  (i32.const 2))))
            (local.set $at (call $cut (local.get $record) (i32.load offset=12 (local.get $op))))
            (local.set $end (call $cut (local.get $record) (i32.load offset=16 (local.get $op))))
            (local.set $g (call $valueAt (local.get $record) (local.get $at)))
            (if (i32.lt_u (local.get $at) (local.get $end))
              (then
                (loop $open
                  (local.set $o (i32.sub (i32.load (local.get $at)) (local.get $channel)))
                  (local.set $chosen
                    (i32.sub
                      (i32.load (i32.add (local.get $base) (local.get $o)))
                      (local.get $rowStart)))
                  (if (i32.lt_u (local.get $chosen) (local.get $width))
                    (then
                      (local.set $p
                        (i32.load
                          (i32.add
                            (call $indexOf (local.get $target) (i32.add (local.get $slot) (local.get $chosen)))
                            (local.get $o))))
                      (if (local.get $p)
                        (then (call $addTimes (local.get $p) (local.get $g) (v128.const f32x4 1 1 1 1))))))
                  (local.set $g (i32.add (local.get $g) (i32.const 64)))
                  (local.set $at (i32.add (local.get $at) (i32.const 4)))
                  (br_if $open (i32.lt_u (local.get $at) (local.get $end))))))
            (local.set $ox (i32.add (local.get $ox) (i32.const 1)))
            (br_if $columns (i32.lt_u (local.get $ox) (i32.load offset=8 (local.get $source)))))))
      (local.set $ky (i32.add (local.get $ky) (i32.const 1)))
      (br_if $taps (i32.lt_u (local.get $ky) (i32.load offset=32 (local.get $op))))))

  ;; Adjoint of an average pooling: `table` is what a window divides by, as a factor, [height, width] of the source (f32).
  ;; All values of the source are open.
  (func $average (param $op i32) (param $row i32)
    (local $target i32) (local $source i32) (local $x i32) (local $record i32) (local $at i32) (local $end i32)
    (local $ky i32) (local $kx i32) (local $oy i32) (local $ox i32) (local $p i32) (local $g i32) (local $s v128)
    (local $slot i32)
    (local.set $target (i32.load offset=4 (local.get $op)))
    (local.set $source (i32.load offset=8 (local.get $op)))
    (local.set $slot (call $slot (local.get $target) (local.get $row)))
    (loop $taps
      (local.set $oy (call $rowReached (local.get $op) (local.get $row) (local.get $ky)))
      (if (i32.ge_s (local.get $oy) (i32.const 0))
        (then
          (local.set $kx (i32.const 0))
          (loop $columns
            (local.set $x (i32.const 0))
            (loop $positions
              (local.set $ox (call $columnReached (local.get $op) (local.get $x) (local.get $kx)))
              (if (i32.ge_s (local.get $ox) (i32.const 0))
                (then
                  (local.set $s
                    (v128.load32_splat
                      (i32.add
                        (i32.load offset=64 (local.get $op))
                        (i32.shl
                          (i32.add
                            (i32.mul (local.get $oy) (i32.load offset=8 (local.get $source)))
                            (local.get $ox))
                          (i32.const 2)))))
                  (local.set $g
                    (call $fullValue (local.get $op) (local.get $oy) (local.get $ox)))
                  (local.set $record
                    (call $record (local.get $target) (i32.add (local.get $slot) (local.get $x))))
                  (local.set $p (i32.load (local.get $record)))
                  (local.set $at (call $cut (local.get $record) (i32.const 0)))
                  (local.set $end (call $listEnd (local.get $target) (local.get $record)))
                  (if (i32.lt_u (local.get $at) (local.get $end))
                    (then
                      (loop $open
                        (call $addTimes
                          (local.get $p)
                          (i32.add (local.get $g) (i32.shl (i32.load (local.get $at)) (i32.const 4)))
                          (local.get $s))
                        (local.set $p (i32.add (local.get $p) (i32.const 64)))
                        (local.set $at (i32.add (local.get $at) (i32.const 4)))
                        (br_if $open (i32.lt_u (local.get $at) (local.get $end))))))))
              (local.set $x (i32.add (local.get $x) (i32.const 1)))
              (br_if $positions (i32.lt_u (local.get $x) (i32.load offset=8 (local.get $target)))))
            (local.set $kx (i32.add (local.get $kx) (i32.const 1)))
            (br_if $columns (i32.lt_u (local.get $kx) (i32.load offset=36 (local.get $op)))))))
      (local.set $ky (i32.add (local.get $ky) (i32.const 1)))
      (br_if $taps (i32.lt_u (local.get $ky) (i32.load offset=32 (local.get $op))))))

  ;; Address of the value of the first channel that is read, at a position of a source whose values are all open.
  (func $fullValue (param $op i32) (param $row i32) (param $x i32) (result i32)
    (local $source i32)
    (local.set $source (i32.load offset=8 (local.get $op)))
    (i32.add
      (i32.load
        (call $record (local.get $source)
          (i32.add (call $slot (local.get $source) (local.get $row)) (local.get $x))))
      (i32.shl (i32.load offset=20 (local.get $op)) (i32.const 6))))

  ;; Adds a row of the source, each channel times its factor in `table` [channels of the target]. Where the source is
  ;; masked (`accumulates` = 1) the target has an index; else its lists say what is wanted.
  (func $add (param $op i32) (param $row i32)
    (local $target i32) (local $source i32) (local $slot i32) (local $x i32) (local $record i32) (local $at i32)
    (local $end i32) (local $p i32) (local $g i32) (local $o i32) (local $channel i32) (local $index i32)
    (local.set $target (i32.load offset=4 (local.get $op)))
    (local.set $source (i32.load offset=8 (local.get $op)))
    (local.set $channel (i32.shl (i32.load offset=20 (local.get $op)) (i32.const 2)))
    (local.set $slot (call $slot (local.get $target) (local.get $row)))
    (loop $positions
      (if (i32.load offset=24 (local.get $op))
        (then
          (local.set $index
            (call $indexOf (local.get $target) (i32.add (local.get $slot) (local.get $x))))
          (local.set $record
            (call $record (local.get $source)
              (i32.add (call $slot (local.get $source) (local.get $row)) (local.get $x))))
          (local.set $at (call $cut (local.get $record) (i32.load offset=12 (local.get $op))))
          (local.set $end (call $cut (local.get $record) (i32.load offset=16 (local.get $op))))
          (local.set $g (call $valueAt (local.get $record) (local.get $at)))
          (if (i32.lt_u (local.get $at) (local.get $end))
            (then
              (loop $open
                (local.set $o (i32.sub (i32.load (local.get $at)) (local.get $channel)))
                (local.set $p (i32.load (i32.add (local.get $index) (local.get $o))))
                (if (local.get $p)
                  (then
                    (call $addTimes
                      (local.get $p)
                      (local.get $g)
                      (v128.load32_splat (i32.add (i32.load offset=64 (local.get $op)) (local.get $o))))))
                (local.set $g (i32.add (local.get $g) (i32.const 64)))
                (local.set $at (i32.add (local.get $at) (i32.const 4)))
                (br_if $open (i32.lt_u (local.get $at) (local.get $end)))))))
        (else
          (local.set $record
            (call $record (local.get $target) (i32.add (local.get $slot) (local.get $x))))
          (local.set $p (i32.load (local.get $record)))
          (local.set $at (call $cut (local.get $record) (i32.const 0)))
          (local.set $end (call $listEnd (local.get $target) (local.get $record)))
          (local.set $g (call $fullValue (local.get $op) (local.get $row) (local.get $x)))
          (if (i32.lt_u (local.get $at) (local.get $end))
            (then
              (loop $wanted
                (local.set $o (i32.load (local.get $at)))
                (call $addTimes
                  (local.get $p)
                  (i32.add (local.get $g) (i32.shl (local.get $o) (i32.const 4)))
                  (v128.load32_splat (i32.add (i32.load offset=64 (local.get $op)) (local.get $o))))
                (local.set $p (i32.add (local.get $p) (i32.const 64)))
                (local.set $at (i32.add (local.get $at) (i32.const 4)))
                (br_if $wanted (i32.lt_u (local.get $at) (local.get $end))))))))
      (local.set $x (i32.add (local.get $x) (i32.const 1)))
      (br_if $positions (i32.lt_u (local.get $x) (i32.load offset=8 (local.get $target))))))

  ;; Reads the open values of a row from the outer tensor, lane after lane.
  (func $load (param $op i32) (param $row i32)
    (local $target i32) (local $slot i32) (local $x i32) (local $record i32) (local $p i32) (local $at i32)
    (local $end i32) (local $outer i32) (local $laneStride i32) (local $stop i32)
    (local.set $target (i32.load offset=4 (local.get $op)))
    (local.set $laneStride (i32.load offset=76 (local.get $op)))
    (local.set $slot (call $slot (local.get $target) (local.get $row)))
    (loop $positions
      (local.set $record (call $record (local.get $target) (i32.add (local.get $slot) (local.get $x))))
      (local.set $p (i32.load (local.get $record)))
      (local.set $at (call $cut (local.get $record) (i32.const 0)))
      (local.set $end (call $listEnd (local.get $target) (local.get $record)))
      (if (i32.lt_u (local.get $at) (local.get $end))
        (then
          (loop $open
            (local.set $outer
              (call $outerOf (local.get $op)
                (i32.shr_u (i32.load (local.get $at)) (i32.const 2)) (local.get $row) (local.get $x)))
            (local.set $stop (i32.add (local.get $p) (i32.const 64)))
            (loop $lanes
              (i32.store (local.get $p) (i32.load (local.get $outer)))
              (local.set $outer (i32.add (local.get $outer) (local.get $laneStride)))
              (local.set $p (i32.add (local.get $p) (i32.const 4)))
              (br_if $lanes (i32.lt_u (local.get $p) (local.get $stop))))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (br_if $open (i32.lt_u (local.get $at) (local.get $end))))))
      (local.set $x (i32.add (local.get $x) (i32.const 1)))
      (br_if $positions (i32.lt_u (local.get $x) (i32.load offset=8 (local.get $target))))))

  ;; Writes a row, all of whose values are open, to the outer tensor: `weights` runs of `table` values that lie one behind
  ;; another there, and `row stride` apart in the outer tensor; in the buffer the values of a run are `column stride`
  ;; apart, and the runs `channel stride`. `scratch` is the bytes of a row of one run.
  (func $store (param $op i32) (param $row i32)
    (local $target i32) (local $run i32) (local $i i32) (local $p i32) (local $q i32) (local $outer i32)
    (local $laneStride i32) (local $values i32) (local $length i32) (local $step i32) (local $lane i32)
    (local $v0 v128) (local $v1 v128) (local $v2 v128) (local $v3 v128)
    (local.set $target (i32.load offset=4 (local.get $op)))
    (local.set $laneStride (i32.load offset=76 (local.get $op)))
    (local.set $length (i32.load offset=64 (local.get $op)))
    (local.set $step (i32.load offset=88 (local.get $op)))
    (local.set $values
      (i32.load
        (call $record (local.get $target) (call $slot (local.get $target) (local.get $row)))))
    (local.set $outer
      (i32.add
        (i32.load offset=72 (local.get $op))
        (i32.mul (local.get $row) (i32.load offset=68 (local.get $op)))))
    (loop $runs
      (local.set $i (i32.const 0))
      (block $done
        (loop $fours
          (local.set $p (i32.add (local.get $values) (i32.mul (local.get $i) (local.get $step))))
          (local.set $lane (i32.add (local.get $outer) (i32.shl (local.get $i) (i32.const 2))))
            (local.set $v0 (v128.load offset=0 (local.get $p)))
            (local.set $v1 (v128.load offset=0 (local.tee $q (i32.add (local.get $p) (local.get $step)))))
            (local.set $v2 (v128.load offset=0 (local.tee $q (i32.add (local.get $q) (local.get $step)))))
            (local.set $v3 (v128.load offset=0 (i32.add (local.get $q) (local.get $step))))
            (local.set $lane (call $fourLanes (local.get $lane) (local.get $laneStride)
              (local.get $v0) (local.get $v1) (local.get $v2) (local.get $v3)))
            (local.set $v0 (v128.load offset=16 (local.get $p)))
            (local.set $v1 (v128.load offset=16 (local.tee $q (i32.add (local.get $p) (local.get $step)))))
            (local.set $v2 (v128.load offset=16 (local.tee $q (i32.add (local.get $q) (local.get $step)))))
            (local.set $v3 (v128.load offset=16 (i32.add (local.get $q) (local.get $step))))
            (local.set $lane (call $fourLanes (local.get $lane) (local.get $laneStride)
              (local.get $v0) (local.get $v1) (local.get $v2) (local.get $v3)))
            (local.set $v0 (v128.load offset=32 (local.get $p)))
            (local.set $v1 (v128.load offset=32 (local.tee $q (i32.add (local.get $p) (local.get $step)))))
            (local.set $v2 (v128.load offset=32 (local.tee $q (i32.add (local.get $q) (local.get $step)))))
            (local.set $v3 (v128.load offset=32 (i32.add (local.get $q) (local.get $step))))
            (local.set $lane (call $fourLanes (local.get $lane) (local.get $laneStride)
              (local.get $v0) (local.get $v1) (local.get $v2) (local.get $v3)))
            (local.set $v0 (v128.load offset=48 (local.get $p)))
            (local.set $v1 (v128.load offset=48 (local.tee $q (i32.add (local.get $p) (local.get $step)))))
            (local.set $v2 (v128.load offset=48 (local.tee $q (i32.add (local.get $q) (local.get $step)))))
            (local.set $v3 (v128.load offset=48 (i32.add (local.get $q) (local.get $step))))
            (local.set $lane (call $fourLanes (local.get $lane) (local.get $laneStride)
              (local.get $v0) (local.get $v1) (local.get $v2) (local.get $v3)))
          (br_if $done (i32.ge_u (i32.add (local.get $i) (i32.const 4)) (local.get $length)))
          ;; The last four overlap those before them where the length is no multiple of four.
          (local.set $i
            (select
              (i32.add (local.get $i) (i32.const 4))
              (i32.sub (local.get $length) (i32.const 4))
              (i32.le_u (i32.add (local.get $i) (i32.const 8)) (local.get $length))))
          (br $fours)))
      (local.set $values (i32.add (local.get $values) (i32.load offset=80 (local.get $op))))
      (local.set $outer (i32.add (local.get $outer) (i32.load offset=84 (local.get $op))))
      (local.set $run (i32.add (local.get $run) (i32.const 1)))
      (br_if $runs (i32.lt_u (local.get $run) (i32.load offset=28 (local.get $op))))))

  ;; Writes four values of four lanes each, lane after lane; returns where the next lane begins.
  (func $fourLanes (param $at i32) (param $stride i32) (param $a v128) (param $b v128) (param $c v128) (param $d v128)
    (result i32)
    (local $ab v128) (local $cd v128)
    (local.set $ab (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a) (local.get $b)))
    (local.set $cd (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $c) (local.get $d)))
    (v128.store (local.get $at)
      (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $ab) (local.get $cd)))
    (local.set $at (i32.add (local.get $at) (local.get $stride)))
    (v128.store (local.get $at)
      (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $ab) (local.get $cd)))
    (local.set $at (i32.add (local.get $at) (local.get $stride)))
    (local.set $ab (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a) (local.get $b)))
    (local.set $cd (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $c) (local.get $d)))
    (v128.store (local.get $at)
      (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $ab) (local.get $cd)))
    (local.set $at (i32.add (local.get $at) (local.get $stride)))
    (v128.store (local.get $at)
      (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $ab) (local.get $cd)))
    (i32.add (local.get $at) (local.get $stride)))

  ;; Address of the first lane of a value in the outer tensor.
  (func $outerOf (param $op i32) (param $c i32) (param $row i32) (param $x i32) (result i32)
    (i32.add
      (i32.add
        (i32.load offset=72 (local.get $op))
        (i32.mul (local.get $c) (i32.load offset=80 (local.get $op))))
      (i32.add
        (i32.mul (local.get $row) (i32.load offset=84 (local.get $op)))
        (i32.mul (local.get $x) (i32.load offset=88 (local.get $op))))))

  ;; Finds for every window of a channel of a maximum pooling (the `row`) the first position of its maximum and writes it
  ;; to `table`, four windows at a time; windows whose pooled value is closed get -1. `weights` is the plane that is
  ;; pooled; for `accumulates` the target's bits are set at what was chosen, and only there. Columns are kept within the
  ;; width: a window without dilation that reaches beyond it has the border pixel too.
  (func $choose (param $op i32) (param $c i32)
    (local $target i32) (local $source i32) (local $ky i32) (local $kx i32) (local $oy i32) (local $ox i32)
    (local $y i32) (local $plane i32) (local $flags i32) (local $out i32) (local $closed i32) (local $window i32)
    (local $height i32) (local $width i32) (local $outWidth i32) (local $rowStart i32) (local $base i32)
    (local $kw i32) (local $start i32) (local $channelBytes i32) (local $lane i32) (local $chosen i32)
    (local $steps v128) (local $last v128) (local $best v128) (local $most v128) (local $v v128) (local $more v128)
    (local $x v128)
    (local.set $target (i32.load offset=4 (local.get $op)))
    (local.set $source (i32.load offset=8 (local.get $op)))
    (local.set $height (i32.load offset=4 (local.get $target)))
    (local.set $width (i32.load offset=8 (local.get $target)))
    (local.set $outWidth (i32.load offset=8 (local.get $source)))
    (local.set $kw (i32.load offset=36 (local.get $op)))
    (local.set $last (i32x4.splat (i32.sub (local.get $width) (i32.const 1))))
    (local.set $steps
      (i32x4.mul
        (v128.const i32x4 0 1 2 3)
        (i32x4.splat (i32.load offset=44 (local.get $op)))))
    (local.set $plane
      (i32.add
        (i32.load offset=28 (local.get $op))
        (i32.shl (i32.mul (local.get $c) (i32.mul (local.get $height) (local.get $width))) (i32.const 2))))
    (if (i32.load offset=24 (local.get $op))
      (then
        (local.set $flags
          (i32.add
            (i32.load offset=36 (local.get $target))
            (i32.mul (local.get $c) (i32.load offset=52 (local.get $target)))))
        (memory.fill (local.get $flags) (i32.const 0) (i32.load offset=52 (local.get $target)))))
    (if (i32.load offset=36 (local.get $source))
      (then
        (local.set $closed
          (i32.add
            (i32.load offset=36 (local.get $source))
            (i32.mul
              (i32.add (local.get $c) (i32.load offset=20 (local.get $op)))
              (i32.load offset=52 (local.get $source)))))))
    (local.set $channelBytes (i32.shl (i32.load (local.get $target)) (i32.const 2)))
    (local.set $out
      (i32.add (i32.load offset=64 (local.get $op)) (i32.shl (local.get $c) (i32.const 2))))
    (loop $rows
      (local.set $ox (i32.const 0))
      (loop $columns
        (local.set $best (i32x4.splat (i32.const -1)))
        (local.set $most (f32x4.splat (f32.const -inf)))
        (local.set $start
          (i32.sub
            (i32.mul (local.get $ox) (i32.load offset=44 (local.get $op)))
            (i32.load offset=52 (local.get $op))))
        (local.set $ky (i32.const 0))
        (loop $kernelRows
          (local.set $y
            (i32.add
              (i32.sub
                (i32.mul (local.get $oy) (i32.load offset=40 (local.get $op)))
                (i32.load offset=48 (local.get $op)))
              (local.get $ky)))
          (if (i32.lt_u (local.get $y) (local.get $height))
            (then
              (local.set $rowStart (i32.mul (local.get $y) (local.get $width)))
              (local.set $base (i32.add (local.get $plane) (i32.shl (local.get $rowStart) (i32.const 2))))
              (local.set $kx (i32.const 0))
              (loop $kernelColumns
                (local.set $x
                  (i32x4.min_s
                    (i32x4.max_s
                      (i32x4.add
                        (local.get $steps)
                        (i32x4.splat (i32.add (local.get $start) (local.get $kx))))
                      (v128.const i32x4 0 0 0 0))
                    (local.get $last)))
                (local.set $v
                  (v128.load32_splat
                    (i32.add (local.get $base) (i32.shl (i32x4.extract_lane 0 (local.get $x)) (i32.const 2)))))
                (local.set $v
                  (v128.load32_lane 1
                    (i32.add (local.get $base) (i32.shl (i32x4.extract_lane 1 (local.get $x)) (i32.const 2)))
                    (local.get $v)))
                (local.set $v
                  (v128.load32_lane 2
                    (i32.add (local.get $base) (i32.shl (i32x4.extract_lane 2 (local.get $x)) (i32.const 2)))
                    (local.get $v)))
                (local.set $v
                  (v128.load32_lane 3
                    (i32.add (local.get $base) (i32.shl (i32x4.extract_lane 3 (local.get $x)) (i32.const 2)))
                    (local.get $v)))
                (local.set $more (f32x4.gt (local.get $v) (local.get $most)))
                (local.set $most (v128.bitselect (local.get $v) (local.get $most) (local.get $more)))
                (local.set $best
                  (v128.bitselect
                    (i32x4.add (local.get $x) (i32x4.splat (local.get $rowStart)))
                    (local.get $best)
                    (local.get $more)))
                (local.set $kx (i32.add (local.get $kx) (i32.const 1)))
                (br_if $kernelColumns (i32.lt_u (local.get $kx) (local.get $kw))))))
          (local.set $ky (i32.add (local.get $ky) (i32.const 1)))
          (br_if $kernelRows (i32.lt_u (local.get $ky) (i32.load offset=32 (local.get $op)))))
        ;; One after another, since the row may end among the four.
        (local.set $lane (i32.const 0))
        (loop $lanes
          (local.set $chosen (i32x4.extract_lane 0 (local.get $best)))
          (if (local.get $closed)
            (then
              (if
                (i32.eqz
                  (i32.and
                    (i32.shr_u
                      (i32.load8_u (i32.add (local.get $closed) (i32.shr_u (local.get $window) (i32.const 3))))
                      (i32.and (local.get $window) (i32.const 7)))
                    (i32.const 1)))
                (then (local.set $chosen (i32.const -1))))))
          (i32.store (local.get $out) (local.get $chosen))
          (if (i32.and (i32.ge_s (local.get $chosen) (i32.const 0)) (i32.ne (local.get $flags) (i32.const 0)))
            (then
              (local.set $y (i32.add (local.get $flags) (i32.shr_u (local.get $chosen) (i32.const 3))))
              (i32.store8 (local.get $y)
                (i32.or
                  (i32.load8_u (local.get $y))
                  (i32.shl (i32.const 1) (i32.and (local.get $chosen) (i32.const 7)))))))
          (local.set $best
            (i8x16.shuffle 4 5 6 7 8 9 10 11 12 13 14 15 0 1 2 3 (local.get $best) (local.get $best)))
          (local.set $out (i32.add (local.get $out) (local.get $channelBytes)))
          (local.set $window (i32.add (local.get $window) (i32.const 1)))
          (local.set $ox (i32.add (local.get $ox) (i32.const 1)))
          (local.set $lane (i32.add (local.get $lane) (i32.const 1)))
          (br_if $lanes
            (i32.and
              (i32.lt_u (local.get $lane) (i32.const 4))
              (i32.lt_u (local.get $ox) (local.get $outWidth)))))
        (br_if $columns (i32.lt_u (local.get $ox) (local.get $outWidth))))
      (local.set $oy (i32.add (local.get $oy) (i32.const 1)))
      (br_if $rows (i32.lt_u (local.get $oy) (i32.load offset=4 (local.get $source))))))
)
