// Deeds from a table.

import { html } from '../../shared/html.js';
import { Import } from '../catalogue/import.js';

export default () => html`<${Import} kind="deeds" />`;
