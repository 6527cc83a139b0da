// Benefits from a table; partners that it names are opened.

import { html } from '../../shared/html.js';
import { Import } from '../catalogue/import.js';

export default () => html`<${Import} kind="benefits" />`;
