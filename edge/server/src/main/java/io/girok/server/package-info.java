/// Reads the configuration, wires everything, life cycle, main.
@NullMarked
package io.girok.server;

import org.jspecify.annotations.NullMarked;
