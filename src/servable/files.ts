/** The two files of a servable. */
export const manifestFile = 'model.json';
export const modelFile = 'model.onnx';
