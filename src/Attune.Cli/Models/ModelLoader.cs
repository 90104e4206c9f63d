using System.CommandLine;
using Attune.Cli.Output;
using Attune.Compile.Models;
using Attune.Graph.Faults;
using Attune.Graph.Zoo;
using Attune.Kernels;

namespace Attune.Cli.Models;

/// <summary>The argument that names a model as it was trained, and reading what it names.</summary>
internal static class ModelLoader
{
    /// <summary>What names of built-in networks begin with.</summary>
    public const string ZooPrefix = ModelSource.ZooPrefix;

    /// <summary>The argument.</summary>
    public static Argument<string> Argument() => new("MODEL") { Description = "An ONNX file, or zoo:NAME for a built-in network." };

    /// <summary>Reads a model whose shapes are all known.</summary>
    /// <param name="source">zoo:NAME or a path.</param>
    /// <param name="shapes">Values of --shape.</param>
    /// <exception cref="CommandFailedException">It is missing, malformed or not supported; all findings are in one failure.</exception>
    public static LoadedModel Load(string source, IReadOnlyCollection<string> shapes) =>
        ModelSource.Load(source, shapes).OrThrow(error => new CommandFailedException(ModelFailure.Of(error)));

    /// <summary>Reads a model that is to be compared with one whose shapes are fixed.</summary>
    /// <param name="source">zoo:NAME or a path.</param>
    /// <param name="shapes">Values of --shape.</param>
    /// <param name="inputs">Inputs of the other model.</param>
    /// <exception cref="CommandFailedException">As for <see cref="Load"/>.</exception>
    public static LoadedModel LoadLike(string source, IReadOnlyCollection<string> shapes, IEnumerable<NetworkValue> inputs) =>
        ModelSource.LoadLike(source, shapes, inputs).OrThrow(error => new CommandFailedException(ModelFailure.Of(error)));

    /// <summary>Builds a network of the zoo.</summary>
    /// <exception cref="CommandFailedException">There is no such network; the nearest name is suggested.</exception>
    public static Network ZooNetwork(string name, int seed = 0, int batch = 1) =>
        ModelZoo.TryCreate(name, seed, batch, out Network? network, out ModelFault? fault) ? network : throw new CommandFailedException(ModelFailure.Of(fault));
}
