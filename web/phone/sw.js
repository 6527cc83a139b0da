// The server writes the list of this edition's files, SHELL, in front of this.

import { serve } from '/web/shared/worker.js';

serve(/** @type {any} */ (self), SHELL);
