import './app.css';
import { mount } from 'svelte';
import { connect } from './api.ts';
import App from './App.svelte';

mount(App, { target: document.getElementById('app')!, props: { connection: connect(window.workbench) } });
