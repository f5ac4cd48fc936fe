import type { WorkbenchApi } from './contract.ts';

/** Electron's line for calls: a method and its argument. */
export const CALL_CHANNEL = 'workbench:call';
/** Electron's line for events: a name and its payload. */
export const EVENT_CHANNEL = 'workbench:event';
/** Header by which a page of the loopback host names itself. */
export const PAGE_HEADER = 'x-tessera-page';

const METHOD_TABLE = {
  getApp: true,
  getSettings: true,
  setSettings: true,
  listDevices: true,
  getCompute: true,
  restartCompute: true,
  getLog: true,
  listRecent: true,
  openRecent: true,
  forgetRecent: true,
  openDemo: true,
  getSetup: true,
  addPaths: true,
  chooseFiles: true,
  removeImages: true,
  clearSetup: true,
  choosePreprocessing: true,
  chooseLabels: true,
  listOptions: true,
  setOptions: true,
  undoSetup: true,
  inspectModel: true,
  previewImages: true,
  comparePreprocessings: true,
  predictAll: true,
  listImages: true,
  estimate: true,
  startRun: true,
  pauseRun: true,
  resumeRun: true,
  cancelRun: true,
  getRun: true,
  getEarlyConcepts: true,
  getResult: true,
  listCrops: true,
  editConcept: true,
  undoEdit: true,
  redoEdit: true,
  getTree: true,
  listDecompositionLayers: true,
  decomposeConcept: true,
  cancelDecomposition: true,
  listRunImages: true,
  getImage: true,
  getWaterfall: true,
  ablateImage: true,
  findCounterfactual: true,
  ablateRun: true,
  getDependence: true,
  getEvaluation: true,
  evaluateRun: true,
  getErrorAnalysis: true,
  weighRanks: true,
  stopEvaluation: true,
  listReportSections: true,
  previewReport: true,
  saveReport: true,
  printReport: true,
  showInFolder: true,
} as const satisfies Record<keyof WorkbenchApi, true>;

/** The names of all methods, for a bridge to offer. */
export const METHODS = Object.keys(METHOD_TABLE) as readonly (keyof WorkbenchApi)[];
