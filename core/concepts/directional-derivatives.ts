import { rowView, type Matrix } from '../linalg/matrix.ts';
import { innerProduct } from '../linalg/norms.ts';
import type { Model } from '../onnx/graph.ts';
import type { SessionFactory } from '../platform.ts';
import type { LayerRecord } from './explanation.ts';
import { fromRows } from './latent-rows.ts';
import { createLogitGradients } from './logit-gradients.ts';
import { reconstruct } from './reconstruct.ts';

/** Slopes of one class's logit along the concepts; opened for some images, then disposed of. */
export interface DirectionalDerivatives {
  /**
   * Σ over positions of ∇h(a) · w_c at the reconstruction a = UW of one image, for every concept.
   *
   * Shapes   coefficients [positions, r]; returns [r].
   */
  of(coefficients: Matrix): Promise<Float64Array>;
  dispose(): Promise<void>;
}

/**
 * Directional derivatives of a logit along concepts, as TCAV asks of its concept vectors, through the backward graph of
 * the head.
 *
 * Throws  TesseraError 'unsupported-operator' or 'not-differentiable' where the head has no backward graph.
 * Source  Kim et al. 2018, "Interpretability Beyond Feature Attribution" (TCAV), equation 1; here with the factorised
 *         direction in place of a classifier's, and at the reconstruction, where all orders of concepts are compared.
 */
export function createDirectionalDerivatives(
  head: Model,
  layer: LayerRecord,
  conceptBank: Matrix,
  classIndex: number,
  sessions: SessionFactory,
): DirectionalDerivatives {
  const gradients = createLogitGradients(head, layer, classIndex, sessions);
  return {
    async of(coefficients) {
      const total = await gradients.of(fromRows(reconstruct(coefficients, conceptBank), layer));
      return Float64Array.from({ length: conceptBank.rows }, (_, c) =>
        innerProduct(rowView(conceptBank, c), total),
      );
    },
    dispose: () => gradients.dispose(),
  };
}
