import type { WorkbenchApi, WorkbenchEvents } from './contract.ts';

/** Names on Electron's lines. A call carries a method and its argument; an event its name and payload. */
export const CALL_CHANNEL = 'workbench:call';
export const EVENT_CHANNEL = 'workbench:event';

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
  listRunImages: true,
  getImage: true,
  getWaterfall: true,
  ablateImage: true,
  mendImage: true,
  ablateRun: true,
  getDependence: true,
  listReportSections: true,
  previewReport: true,
  saveReport: true,
  printReport: true,
  showInFolder: true,
} as const satisfies Record<keyof WorkbenchApi, true>;

const EVENT_TABLE = {
  setup: true,
  settings: true,
  recent: true,
  run: true,
  earlyConcepts: true,
  result: true,
  job: true,
  log: true,
  compute: true,
  error: true,
  navigate: true,
} as const satisfies Record<keyof WorkbenchEvents, true>;

export const METHODS = Object.keys(METHOD_TABLE) as readonly (keyof WorkbenchApi)[];
export const EVENTS = Object.keys(EVENT_TABLE) as readonly (keyof WorkbenchEvents)[];
