using System.CommandLine;
using Attune.Cli.Output;
using Attune.Compile.Compute;
using Attune.Devices.Cpu;
using Attune.Kernels;
using Attune.Numerics.Words;

namespace Attune.Cli.Arguments;

/// <summary>Options that several commands share, so that they are spelt and checked alike.</summary>
internal static class SharedOptions
{
    /// <summary>--threads N of commands that begin with a model: all processors unless given.</summary>
    public static Option<int?> Threads() => new("--threads") { Description = "Threads to run on. Default: all processors.", HelpName = "N" };

    /// <summary>--threads N of commands on tuned models: as tuned unless given.</summary>
    public static Option<int?> ThreadsAsTuned() =>
        new("--threads") { Description = "Threads to run on. Default: those a .attune file was tuned for, else all processors.", HelpName = "N" };

    /// <summary>--shape NAME=1x3x224x224, repeatable.</summary>
    public static Option<string[]> Shape() => new("--shape")
    {
        Description = "Fix an input's shape (NAME=1x3x224x224) or a symbolic dimension (NAME=1). May be repeated.",
        HelpName = "NAME=EXTENTS",
        DefaultValueFactory = _ => [],
    };

    /// <summary>--weights FORMAT: 32-bit floats unless given.</summary>
    public static Option<string> Weights() => new("--weights")
    {
        Description = "How weights of dense layers and 1x1 convolutions are stored: f32, f16 (half the bytes) or i8 (a quarter). Arithmetic "
            + "stays in 32-bit floats.",
        HelpName = "FORMAT",
        DefaultValueFactory = _ => WeightFormats.NameOf(WeightFormat.F32),
    };

    /// <summary>--compute FORMAT: 32-bit floats unless given.</summary>
    public static Option<string> Compute() => new("--compute")
    {
        Description = "What convolutions and dense layers of a model of floats multiply: f32, or bf16 (brain floats, with sums in f32), which is faster where "
            + "the processor has AMX or executes AVX512-BF16 fast. Gain and error are measured and printed.",
        HelpName = "FORMAT",
        DefaultValueFactory = _ => "f32",
    };

    /// <summary>Reads what layers multiply.</summary>
    /// <exception cref="CommandFailedException">There is no such format (AT1005).</exception>
    public static ComputeFormat ReadCompute(string name) => name switch
    {
        "f32" => ComputeFormat.F32,
        "bf16" => ComputeFormat.BF16,
        _ => throw new CommandFailedException(
            ExitCode.Usage, ErrorCodes.BadValue, $"Layers cannot multiply '{name}'.", "Use --compute f32 or --compute bf16."),
    };

    /// <summary>--weights FORMAT of commands on models: as the file stores them unless given.</summary>
    public static Option<string?> WeightsAsStored() => new("--weights")
    {
        Description = "Store weights of dense layers and 1x1 convolutions as f32, f16 or i8. Default: as a .attune file has them, else f32.",
        HelpName = "FORMAT",
    };

    /// <summary>Reads a weight format.</summary>
    /// <exception cref="CommandFailedException">There is no such format (AT1005); the nearest is suggested.</exception>
    public static WeightFormat ReadWeights(string name) => WeightFormats.Find(name) ?? throw new CommandFailedException(
        ExitCode.Usage,
        ErrorCodes.BadValue,
        $"There is no weight format '{name}'.{(NearMiss.Find(name, WeightFormats.Names) is { } near ? $" Did you mean '{near}'?" : string.Empty)}",
        $"Use --weights {string.Join(" or --weights ", WeightFormats.Names)}.");

    /// <summary>-o FILE.</summary>
    public static Option<string> Output(string description) => new("--output", "-o") { Description = description, HelpName = "FILE" };

    /// <summary>Checks a number of threads.</summary>
    /// <exception cref="CommandFailedException">It is below one or above the processors (AT1004).</exception>
    public static int CheckThreads(int? wanted)
    {
        int processors = Environment.ProcessorCount;
        return wanted switch
        {
            null => UsableProcessors.Count,
            < 1 =>
                throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, $"--threads {wanted} is below 1.", $"Use --threads 1 to {processors}."),
            _ when wanted > processors => throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.TooManyThreads,
                $"--threads {wanted} asks for more threads than the {processors} processor{(processors == 1 ? string.Empty : "s")} this process may use.",
                $"Use --threads {processors} or fewer."),
            _ => wanted.Value,
        };
    }
}
