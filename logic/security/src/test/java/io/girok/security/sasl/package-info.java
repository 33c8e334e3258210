@NullMarked
package io.girok.security.sasl;

import org.jspecify.annotations.NullMarked;
