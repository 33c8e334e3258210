/// Holds requests against the quotas of those who ask. Start with [io.girok.broker.quota.QuotaGate].
@NullMarked
package io.girok.broker.quota;

import org.jspecify.annotations.NullMarked;
