/// The girok command.
@NullMarked
package io.girok.cli;

import org.jspecify.annotations.NullMarked;
