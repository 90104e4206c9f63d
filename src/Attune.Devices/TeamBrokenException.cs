namespace Attune.Devices;

/// <summary>Another member of the thread team failed; its own exception is the one to report.</summary>
public sealed class TeamBrokenException : Exception
{
    /// <summary>Makes the exception.</summary>
    public TeamBrokenException()
        : base("Another thread of the team failed.")
    {
    }
}
