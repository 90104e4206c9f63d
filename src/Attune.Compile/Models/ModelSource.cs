using System.Collections.Immutable;
using Attune.Devices;
using Attune.Graph;
using Attune.Graph.Faults;
using Attune.Graph.Zoo;
using Attune.Kernels;

namespace Attune.Compile.Models;

/// <summary>Finds and reads the model that a text names: an ONNX file, or a built-in network as zoo:NAME. Stateless.</summary>
public static class ModelSource
{
    /// <summary>What names of built-in networks begin with.</summary>
    public const string ZooPrefix = ModelZoo.Prefix;

    /// <summary>True for a text that names a built-in network.</summary>
    /// <param name="source">zoo:NAME or a path.</param>
    public static bool IsZoo(string source) => source.StartsWith(ZooPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a model whose shapes are all known; all that is wrong otherwise.</summary>
    /// <param name="source">zoo:NAME or a path.</param>
    /// <param name="shapes">Shapes of inputs as NAME=1x3x224x224, for an ONNX file.</param>
    public static Result<LoadedModel, ModelLoadError> Load(string source, IReadOnlyCollection<string> shapes)
    {
        Result<ImmutableDictionary<string, ImmutableArray<long>>, ModelFault> overrides = ReadOptions.ParseShapes(shapes);
        return !overrides.Succeeded ? new ModelUnreadable(UnreadableModel.Of(overrides.Error))
            : IsZoo(source) ? BuiltIn(source[ZooPrefix.Length..], shapes)
            : File(source, ReadOptions.Default with { Shapes = overrides.Value });
    }

    /// <summary>Reads a model whose open shapes follow from its inputs.</summary>
    /// <param name="source">zoo:NAME or a path.</param>
    /// <param name="shapes">As for <see cref="Load(string, IReadOnlyCollection{string})"/>.</param>
    /// <param name="shapesOf">Where shapes are open and none are given: tells them from the inputs that the file declares. Null for nobody.</param>
    public static Result<LoadedModel, ModelLoadError> Load(
        string source, IReadOnlyCollection<string> shapes, Func<ImmutableArray<NetworkValue>, IReadOnlyCollection<string>>? shapesOf)
    {
        Result<LoadedModel, ModelLoadError> loaded = Load(source, shapes);
        return IsOpen(loaded) && shapes.Count == 0 && shapesOf is not null && OnnxReader.ReadLoose(source).Network is { } declared
            ? Load(source, shapesOf(declared.Inputs))
            : loaded;
    }

    /// <summary>
    /// Reads a model that is to be compared with one whose shapes are fixed: where it leaves shapes open and the user does too, they are those of the other
    /// one.
    /// </summary>
    /// <param name="source">zoo:NAME or a path.</param>
    /// <param name="shapes">As for <see cref="Load(string, IReadOnlyCollection{string})"/>.</param>
    /// <param name="inputs">Inputs of the other model.</param>
    public static Result<LoadedModel, ModelLoadError> LoadLike(string source, IReadOnlyCollection<string> shapes, IEnumerable<NetworkValue> inputs)
    {
        Result<LoadedModel, ModelLoadError> loaded = Load(source, shapes);
        return IsOpen(loaded) && shapes.Count == 0 ? Load(source, ShapesOf(inputs)) : loaded;
    }

    /// <summary>Shapes of a model's inputs, as <see cref="Load(string, IReadOnlyCollection{string})"/> takes them.</summary>
    /// <param name="inputs">The inputs.</param>
    public static string[] ShapesOf(IEnumerable<NetworkValue> inputs) =>
        [.. inputs.Where(input => input.Type.Shape.Rank > 0).Select(input => $"{input.Name}={string.Join('x', input.Type.Shape.Dimensions.ToArray())}")];

    private static bool IsOpen(Result<LoadedModel, ModelLoadError> loaded) =>
        loaded.Error is ModelUnreadable { Model.Faults: [{ Code: FaultCodes.UnresolvedShape }, ..] };

    private static Result<LoadedModel, ModelLoadError> BuiltIn(string name, IReadOnlyCollection<string> shapes)
    {
        if (shapes.Count > 0)
        {
            return new BuiltInShapesFixed();
        }

        return ModelZoo.TryCreate(name, 0, 1, out Network? network, out ModelFault? fault)
            ? new LoadedModel(ZooPrefix + network.Name, network, [])
            : new ModelUnreadable(UnreadableModel.Of(fault));
    }

    private static Result<LoadedModel, ModelLoadError> File(string path, ReadOptions options)
    {
        Result<ReadModel, UnreadableModel> read = OnnxReader.Read(path, options);
        return read.Succeeded
            ? new LoadedModel(Path.GetFullPath(path), read.Value.Network, [.. read.Value.Warnings.Select(warning => warning.ToString())])
            { Open = read.Value.Open }
            : new ModelUnreadable(read.Error);
    }
}
