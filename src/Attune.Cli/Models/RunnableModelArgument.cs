using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Compile.Models;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Measuring.Probes;

namespace Attune.Cli.Models;

/// <summary>The argument that names a model to run, and loading what it names.</summary>
internal static class RunnableModelArgument
{
    /// <summary>The argument.</summary>
    public static Argument<string> Make() => new("FILE") { Description = "A .attune file; an ONNX file or zoo:NAME runs with default configurations." };

    /// <summary>Loads and compiles.</summary>
    /// <param name="source">A .attune file, an ONNX file or zoo:NAME.</param>
    /// <param name="threads">Value of --threads; null takes what the file was tuned for, else all processors.</param>
    /// <param name="shapes">Values of --shape, for an ONNX file.</param>
    /// <param name="weights">Value of --weights; null takes what the file has.</param>
    /// <param name="device">The device to run on; null for what a .attune file was tuned for, else the processors.</param>
    /// <param name="shapesOf">Tells shapes that an ONNX file leaves open from the inputs that it declares; null for nobody.</param>
    /// <exception cref="CommandFailedException">It is missing, damaged or not supported.</exception>
    public static RunnableModel Load(
        string source, int? threads, IReadOnlyCollection<string> shapes, string? weights = null, DeviceName? device = null,
        Func<ImmutableArray<NetworkValue>, IReadOnlyCollection<string>>? shapesOf = null) => Load(source, new()
        {
            Weights = weights is null ? null : SharedOptions.ReadWeights(weights),
            Threads = threads is null ? null : SharedOptions.CheckThreads(threads),
            Shapes = shapes,
            Device = device,
            ShapesOfInputs = shapesOf,
        });

    /// <summary>Loads and compiles.</summary>
    /// <param name="source">A .attune file, an ONNX file or zoo:NAME.</param>
    /// <param name="options">How.</param>
    /// <exception cref="CommandFailedException">It is missing, damaged or not supported.</exception>
    public static RunnableModel Load(string source, RunnableModelOptions options) =>
        RunnableModel.Load(source, options).OrThrow(error => new CommandFailedException(ModelFailure.Of(error)));

    /// <summary>Measures what the model's device can do.</summary>
    /// <exception cref="CommandFailedException">The device cannot be measured.</exception>
    public static MachineSpeed Speed(RunnableModel model, Invocation invocation) =>
        model.Speed(invocation.Clock, invocation.Cancellation).OrThrow(reason => new CommandFailedException(
            ExitCode.Device, ErrorCodes.DeviceFailed, $"The speed of {model.Compiled.Device.Name} cannot be measured: {reason}.", "attune doctor"));
}
