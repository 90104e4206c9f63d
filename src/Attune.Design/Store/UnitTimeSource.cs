namespace Attune.Design.Store;

/// <summary>Where the time of an execution unit comes from.</summary>
public enum UnitTimeSource
{
    /// <summary>Timed inside whole models, where its inputs lie as its neighbours left them.</summary>
    InModel,

    /// <summary>The best tuning record of its task on this device: timed alone.</summary>
    Record,

    /// <summary>Estimated from units like it; never written to the store.</summary>
    Estimate,
}
