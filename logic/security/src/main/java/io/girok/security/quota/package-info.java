/// How much of a broker each client may use. Start with [io.girok.security.quota.ClientQuotas].
@NullMarked
package io.girok.security.quota;

import org.jspecify.annotations.NullMarked;
