using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Backends;

namespace Attune.Compile.Models;

/// <summary>How a model is made ready to run. Immutable.</summary>
public sealed record RunnableModelOptions
{
    /// <summary>Threads of an inference, 1 to the processors of this process; null takes what the file was tuned for, else all processors.</summary>
    public int? Threads { get; init; }

    /// <summary>The device to run on; null for what a .attune file was tuned for last of what is here, else the processors.</summary>
    public DeviceName? Device { get; init; }

    /// <summary>Shapes of inputs as NAME=1x3x224x224, for an ONNX file that leaves them open. Default: none.</summary>
    public IReadOnlyCollection<string> Shapes { get; init; } = [];

    /// <summary>
    /// Where an ONNX file leaves shapes open and <see cref="Shapes"/> gives none: tells them, as <see cref="Shapes"/> would, from the inputs that the file
    /// declares. Null for none.
    /// </summary>
    public Func<ImmutableArray<NetworkValue>, IReadOnlyCollection<string>>? ShapesOfInputs { get; init; }

    /// <summary>Format of the weights; null takes what the file has.</summary>
    public WeightFormat? Weights { get; init; }

    /// <summary>Inputs of a model whose shapes an ONNX file takes where it leaves them open and <see cref="Shapes"/> does too; null for none.</summary>
    public IEnumerable<NetworkValue>? Like { get; init; }
}
