/// The active controller evens out what brokers carry, by itself. Begin with
/// [io.girok.membership.balance.AutoBalance]; what is to move is planned in the module `balance`.
@NullMarked
package io.girok.membership.balance;

import org.jspecify.annotations.NullMarked;
