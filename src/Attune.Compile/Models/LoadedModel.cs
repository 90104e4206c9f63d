using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Compile.Models;

/// <summary>A model as the user named it.</summary>
/// <param name="Source">zoo:NAME, or the absolute path of an ONNX file.</param>
/// <param name="Network">The network as it was read, before any pass.</param>
/// <param name="Warnings">What is suspicious about it.</param>
public sealed record LoadedModel(string Source, Network Network, ImmutableArray<string> Warnings)
{
    /// <summary>The model with the extents that its file leaves open; null when it leaves none.</summary>
    public OpenNetwork? Open { get; init; }

    /// <summary>True for a built-in network.</summary>
    public bool IsZoo => ModelSource.IsZoo(Source);

    /// <summary>Name for files made from it.</summary>
    public string BaseName => IsZoo ? Source[ModelSource.ZooPrefix.Length..] : Path.GetFileNameWithoutExtension(Source);
}
