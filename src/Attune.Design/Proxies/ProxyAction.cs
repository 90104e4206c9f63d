namespace Attune.Design.Proxies;

/// <summary>What to do with proxies for a target.</summary>
public enum ProxyAction
{
    /// <summary>Too few designs were measured to say anything.</summary>
    MeasureMore,

    /// <summary>The proxy's front can be used as it is: rank correlation of at least 0.97.</summary>
    Accept,

    /// <summary>The proxy's first three layers can be used: at least 0.9.</summary>
    AcceptWithLayers,

    /// <summary>The proxy's predictions must be adapted with about 50 measurements: at least 0.7.</summary>
    Adapt,

    /// <summary>No proxy orders the designs as the target does: below 0.7.</summary>
    DoNotUse,
}
