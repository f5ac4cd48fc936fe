/** A model of another format: what it is, and the two lines that make it ONNX. */
export interface OtherFormat {
  readonly kind: string;
  readonly steps: string;
}

/** What a model file that is not ONNX is by its name, and how it is exported; undefined for every other name. */
export function otherFormat(name: string): OtherFormat | undefined {
  const [, stem, ending] = /^(.*)\.(\w+)$/.exec(name) ?? [];
  const target = `"${stem}.onnx"`;
  switch (ending?.toLowerCase()) {
    case 'pt':
    case 'pth':
    case 'ckpt':
    case 'pkl':
      return { kind: 'PyTorch file', steps: fromTorch(target) };
    case 'safetensors':
      return { kind: 'file of weights (safetensors)', steps: fromTorch(target) };
    case 'h5':
    case 'keras':
      return { kind: 'Keras model', steps: fromTensorFlow(`--keras "${name}"`, target) };
    case 'tflite':
      return { kind: 'TensorFlow Lite model', steps: fromTensorFlow(`--tflite "${name}"`, target) };
    case 'pb':
      return { kind: 'TensorFlow model', steps: fromTensorFlow('--saved-model FOLDER', '"model.onnx"') };
    default:
      return undefined;
  }
}

function fromTorch(target: string): string {
  return `Export it in Python, with the size of the model's input in the place of 224:\ntorch.onnx.export(model.eval(), torch.randn(1, 3, 224, 224), ${target})`;
}

function fromTensorFlow(source: string, target: string): string {
  return `Export it with tf2onnx (pip install tf2onnx):\npython -m tf2onnx.convert ${source} --output ${target}`;
}
