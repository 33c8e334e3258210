/// Girok as its users meet it: real processes, real clients, and the rules of the house. Start with [GirokProcess].
@NullMarked
package io.girok.acceptance;

import org.jspecify.annotations.NullMarked;
