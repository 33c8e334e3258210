/// Who is at the other end of a connection: what is spoken at which listener, who a certificate makes somebody, and, in
/// [io.girok.security.sasl], how they show who they are.
///
/// All of it is pure: files, keys' stores, sockets and clocks are the edge's. Start at [ListenerSecurity].
@NullMarked
package io.girok.security;

import org.jspecify.annotations.NullMarked;
