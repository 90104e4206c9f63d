using System.Collections.Immutable;

namespace Attune.Graph.Faults;

/// <summary>Collects faults and warnings while a model is read, so that all are reported together.</summary>
internal sealed class FaultList
{
    /// <summary>Beyond this many faults further ones say nothing new and a hostile file could make millions.</summary>
    public const int Limit = 100;

    private readonly List<ModelFault> faults = [];
    private readonly List<ModelFault> warnings = [];

    public bool Any => faults.Count > 0;

    /// <summary>True when something was found that leaves no network worth returning, not even to look at.</summary>
    public bool Fatal => faults.Exists(fault => fault.Code is not (FaultCodes.UnsupportedOperator or FaultCodes.UnsupportedFeature or FaultCodes.Opset));

    public ImmutableArray<ModelFault> Faults => [.. faults];

    public ImmutableArray<ModelFault> Warnings => [.. warnings];

    public void Add(string code, string message, string where, string next)
    {
        if (faults.Count < Limit)
        {
            faults.Add(new ModelFault(code, message, where, next));
        }
    }

    public void Warn(string code, string message, string where, string next)
    {
        if (warnings.Count < Limit)
        {
            warnings.Add(new ModelFault(code, message, where, next));
        }
    }
}
