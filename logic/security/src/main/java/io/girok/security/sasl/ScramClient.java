package io.girok.security.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.base.Secret;
import java.security.MessageDigest;

/// SCRAM (RFC 5802), from the client's end. Owned by its connection.
final class ScramClient implements SaslClient {
    private static final String GS2_HEADER = "n,,";
    /// Servers that want more keep their clients busy for long.
    private static final int MAX_ITERATIONS = 1_000_000;

    private final ScramMechanism mechanism;
    private final Secret password;
    private final String nonce;
    private final String firstBare;
    private byte[] serverSignature = new byte[0];
    private boolean isDone;

    ScramClient(ScramMechanism mechanism, String user, Secret password, String nonce) {
        this.mechanism = mechanism;
        this.password = password;
        this.nonce = nonce;
        this.firstBare = "n=" + ScramText.escaped(user) + ",r=" + nonce;
    }

    @Override
    public String mechanism() {
        return mechanism.mechanism();
    }

    @Override
    public byte[] first() {
        return (GS2_HEADER + firstBare).getBytes(UTF_8);
    }

    @Override
    public byte[] answer(byte[] challenge) throws SaslRefused {
        String text = ScramText.decode(challenge);
        if (text == null) {
            throw new SaslRefused("the other end sent what is not SCRAM");
        }
        return serverSignature.length == 0 ? last(text) : verified(text);
    }

    private byte[] last(String serverFirst) throws SaslRefused {
        String[] parts = serverFirst.split(",", -1);
        String bothNonces = parts.length < 3 ? null : ScramText.value(parts[0], 'r');
        byte[] salt = parts.length < 3 ? null : ScramText.bytes(ScramText.value(parts[1], 's'));
        String iterationText = parts.length < 3 ? null : ScramText.value(parts[2], 'i');
        if (bothNonces == null || salt == null || iterationText == null || !iterationText.matches("\\d{1,7}")) {
            throw new SaslRefused("the other end sent what is not SCRAM");
        }
        int iterations = Integer.parseInt(iterationText);
        if (!bothNonces.startsWith(nonce) || bothNonces.length() == nonce.length()) {
            throw new SaslRefused("the other end answered with another nonce");
        }
        if (iterations < ScramMechanism.MIN_ITERATIONS || MAX_ITERATIONS < iterations) {
            throw new SaslRefused("the other end wants " + iterations + " iterations, where "
                    + ScramMechanism.MIN_ITERATIONS + " to " + MAX_ITERATIONS + " are allowed");
        }
        byte[] salted = mechanism.salted(password.reveal(), salt, iterations);
        String withoutProof = "c=" + ScramText.base64(GS2_HEADER.getBytes(UTF_8)) + ",r=" + bothNonces;
        byte[] signed = (firstBare + "," + serverFirst + "," + withoutProof).getBytes(UTF_8);
        byte[] clientKey = mechanism.clientKey(salted);
        byte[] proof = ScramMechanism.xor(clientKey, mechanism.mac(mechanism.hash(clientKey), signed));
        serverSignature = mechanism.mac(mechanism.serverKey(salted), signed);
        return (withoutProof + ",p=" + ScramText.base64(proof)).getBytes(UTF_8);
    }

    private byte[] verified(String serverFinal) throws SaslRefused {
        byte[] signature = ScramText.bytes(ScramText.value(serverFinal, 'v'));
        if (signature == null || !MessageDigest.isEqual(signature, serverSignature)) {
            throw new SaslRefused("the other end does not know the password");
        }
        isDone = true;
        return new byte[0];
    }

    @Override
    public boolean isDone() {
        return isDone;
    }
}
