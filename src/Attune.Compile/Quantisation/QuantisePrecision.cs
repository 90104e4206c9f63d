namespace Attune.Compile.Quantisation;

/// <summary>What a network is quantised to.</summary>
public enum QuantisePrecision
{
    /// <summary>Bytes wherever a layer can be on them, or as many as a budget allows.</summary>
    Int8,

    /// <summary>For each layer floats or bytes, whichever makes the network fastest within a budget, by measured latencies and sensitivities.</summary>
    Mixed,
}
