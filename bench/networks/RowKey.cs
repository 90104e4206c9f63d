namespace Attune.Bench.Networks;

/// <summary>Which comparison a row of the table is.</summary>
/// <param name="Network">Network of the zoo.</param>
/// <param name="Threads">Threads of both sides.</param>
/// <param name="VectorBits">Widest vectors that Attune may use; ONNX Runtime always uses what it likes.</param>
/// <param name="Weights">
/// How Attune stores weights: f32, f16 or i8; or that the network is quantised for both sides; or that Attune's layers multiply brain floats.
/// </param>
internal sealed record RowKey(string Network, int Threads, int VectorBits, string Weights)
{
    /// <summary>Weights of a row whose network was quantised.</summary>
    public const string Quantised = "bytes";

    /// <summary>Weights of a row whose layers multiply brain floats in Attune, while ONNX Runtime runs the same network on floats.</summary>
    public const string BrainFloats = "bf16";

    /// <summary>True when weights are stored as the network has them.</summary>
    public bool IsStoredAsItIs => Weights is "f32" or Quantised or BrainFloats;

    /// <summary>Options of <c>attune tune</c> that make the row what it is.</summary>
    public string[] TuneOptions => Weights switch
    {
        "f32" or Quantised => [],
        BrainFloats => ["--compute", Weights],
        _ => ["--weights", Weights],
    };

    /// <summary>Base name of the row's files.</summary>
    public string FileName => $"{Network}-t{Threads}-v{VectorBits}-{Weights}";

    /// <summary>What reports and progress call it.</summary>
    public string Label => $"{Network}, {Threads} thread{(Threads == 1 ? string.Empty : "s")}, {VectorBits}-bit vectors, {Weights} weights";

    /// <summary>Settings of .NET that keep wider vectors away from it.</summary>
    /// <param name="widest">Widest vectors of the machine, bits.</param>
    public IReadOnlyDictionary<string, string> EnvironmentOn(int widest) => VectorBits >= widest
        ? new Dictionary<string, string>()
        : new Dictionary<string, string> { [VectorBits >= 256 ? "DOTNET_EnableAVX512" : "DOTNET_EnableAVX2"] = "0" };
}
