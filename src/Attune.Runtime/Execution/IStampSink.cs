namespace Attune.Runtime.Execution;

/// <summary>
/// Where a member notes the time while it runs the steps: at the start, after its share of every phase, and when all have met there. Implementations are
/// structures, so that the loop over the steps is compiled once for each and costs nothing where nothing is noted.
/// </summary>
internal interface IStampSink
{
    /// <summary>Notes the present time.</summary>
    void Stamp();
}
