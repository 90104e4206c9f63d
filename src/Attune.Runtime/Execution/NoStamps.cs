namespace Attune.Runtime.Execution;

/// <summary>Notes nothing.</summary>
internal readonly struct NoStamps : IStampSink
{
    public void Stamp()
    {
        // What an ordinary inference pays for the recorder.
    }
}
