using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Output;
using Attune.Graph;
using Attune.Graph.Faults;
using Attune.Graph.Zoo;
using Attune.Kernels;

namespace Attune.Cli.Models;

/// <summary>Finds and reads the model that a MODEL argument names.</summary>
internal static class ModelLoader
{
    /// <summary>What names of built-in networks begin with.</summary>
    public const string ZooPrefix = ModelZoo.Prefix;

    /// <summary>The argument.</summary>
    public static Argument<string> Argument() => new("MODEL") { Description = "An ONNX file, or zoo:NAME for a built-in network." };

    /// <summary>Reads a model whose shapes are all known.</summary>
    /// <param name="source">zoo:NAME or a path.</param>
    /// <param name="shapes">Values of --shape.</param>
    /// <exception cref="CommandFailedException">It is missing, malformed or not supported; all findings are in one failure.</exception>
    public static LoadedModel Load(string source, IReadOnlyCollection<string> shapes)
    {
        ImmutableDictionary<string, ImmutableArray<long>> overrides = ReadOptions.ParseShapes(shapes, out ModelFault? fault);
        if (fault is not null)
        {
            throw new CommandFailedException(ModelFailure.Of(fault));
        }

        return source.StartsWith(ZooPrefix, StringComparison.OrdinalIgnoreCase)
            ? Zoo(source[ZooPrefix.Length..], shapes)
            : File(source, ReadOptions.Default with { Shapes = overrides });
    }

    /// <summary>
    /// Reads a model that is to be compared with one whose shapes are fixed: where it leaves shapes open and the user does too, they are those of the other
    /// one.
    /// </summary>
    /// <param name="source">zoo:NAME or a path.</param>
    /// <param name="shapes">Values of --shape.</param>
    /// <param name="inputs">Inputs of the other model.</param>
    /// <exception cref="CommandFailedException">As for <see cref="Load"/>.</exception>
    public static LoadedModel LoadLike(string source, IReadOnlyCollection<string> shapes, IEnumerable<NetworkValue> inputs)
    {
        try
        {
            return Load(source, shapes);
        }
        catch (CommandFailedException open) when (open.Failure.Code == FaultCodes.UnresolvedShape && shapes.Count == 0)
        {
            return Load(source, ShapesOf(inputs));
        }
    }

    /// <summary>Shapes of a model's inputs as values of --shape.</summary>
    public static string[] ShapesOf(IEnumerable<NetworkValue> inputs) =>
        [.. inputs.Where(input => input.Type.Shape.Rank > 0).Select(input => $"{input.Name}={string.Join('x', input.Type.Shape.Dimensions.ToArray())}")];

    /// <summary>Builds a network of the zoo.</summary>
    /// <exception cref="CommandFailedException">There is no such network; the nearest name is suggested.</exception>
    public static Network ZooNetwork(string name, int seed = 0, int batch = 1) =>
        ModelZoo.TryCreate(name, seed, batch, out Network? network, out ModelFault? fault) ? network : throw new CommandFailedException(ModelFailure.Of(fault));

    private static LoadedModel Zoo(string name, IReadOnlyCollection<string> shapes)
    {
        if (shapes.Count > 0)
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                "--shape does not apply to networks of the zoo: their shapes are fixed.",
                "Leave --shape out; for another batch size, for example: attune zoo export NAME --batch 8 -o FILE");
        }

        Network network = ZooNetwork(name);
        return new LoadedModel(ZooPrefix + network.Name, network, []);
    }

    private static LoadedModel File(string path, ReadOptions options)
    {
        ReadResult result = OnnxReader.Read(path, options);
        return result.Succeeded
            ? new LoadedModel(Path.GetFullPath(path), result.Network!, [.. result.Warnings.Select(warning => warning.ToString())])
            : throw new CommandFailedException(ModelFailure.Of(result));
    }
}
