namespace Attune.Measuring.Peers;

/// <summary>A peer refused its model, ended early or answered nonsense. The message is the peer's own where it gave one.</summary>
public sealed class PeerFailedException : Exception
{
    /// <summary>Makes the exception.</summary>
    public PeerFailedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with its cause.</summary>
    public PeerFailedException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
