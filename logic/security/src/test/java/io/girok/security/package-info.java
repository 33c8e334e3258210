@NullMarked
package io.girok.security;

import org.jspecify.annotations.NullMarked;
