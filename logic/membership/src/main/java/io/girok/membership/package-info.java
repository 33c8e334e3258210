/// Brokers and their active controller: what is asked of it and how it is found ([ControllerChannel]), a broker's life
/// from its registration to its controlled stop ([BrokerLife]), and the controller's side of both ([ControllerApis],
/// [BrokerSessions]). Each class says which shard owns it.
@NullMarked
package io.girok.membership;

import org.jspecify.annotations.NullMarked;
