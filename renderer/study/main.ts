import '../app.css';
import './study.css';
import { mount } from 'svelte';
import StudyApp from './StudyApp.svelte';
import { TakingPart } from './taking-part.svelte.ts';

/* The page of a participant. It knows nothing of the workbench: all that it may ask is in host-calls.ts. */

const taking = new TakingPart();
mount(StudyApp, { target: document.getElementById('app')!, props: { taking } });
void taking.start();
