@NullMarked
package io.girok.balance;

import org.jspecify.annotations.NullMarked;
