/// Which replicas and leaders should move where, so that brokers carry equal loads: a layout in, a plan out, nothing
/// done. Begin with [io.girok.balance.BalancePlanner].
@NullMarked
package io.girok.balance;

import org.jspecify.annotations.NullMarked;
