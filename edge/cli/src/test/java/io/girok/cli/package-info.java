/// The girok command's pure parts, and how a run ends.
@NullMarked
package io.girok.cli;

import org.jspecify.annotations.NullMarked;
