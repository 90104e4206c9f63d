namespace Attune.Measuring.Peers;

/// <summary>Why another inference engine cannot be compared with.</summary>
public abstract record PeerError;

/// <summary>The program that drives it is neither built nor installed.</summary>
public sealed record PeerMissing : PeerError;

/// <summary>It refused the model, or ended early.</summary>
/// <param name="Model">The model's file.</param>
/// <param name="Reason">What it said.</param>
public sealed record PeerRefused(string Model, string Reason) : PeerError;
