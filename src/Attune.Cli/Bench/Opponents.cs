using Attune.Cli.Commands;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Compile.Models;
using Attune.Compile.Opponents;
using Attune.Measuring.Peers;
using Attune.Measuring.Workers;

namespace Attune.Cli.Bench;

/// <summary>From the value of --against to an opponent.</summary>
internal static class Opponents
{
    /// <summary>Another model of ours; shapes apply where it is an ONNX file, and where both leave them open those of our model do.</summary>
    /// <exception cref="CommandFailedException">It cannot be loaded.</exception>
    public static Opponent Model(string source, RunnableModel ours, IReadOnlyCollection<string> shapes, TimeProvider clock)
    {
        RunnableModel model = RunnableModelArgument.Load(source, new() { Threads = ours.Threads, Shapes = shapes, Like = ours.Compiled.Inputs });
        return Opponent.Of(model, async stop => await FreshModelAsync(source, model, stop), clock);
    }

    /// <summary>ONNX Runtime on the ONNX file that our model was made from.</summary>
    /// <param name="ours">Our model.</param>
    /// <param name="original">Value of --model, or null to take what the model remembers.</param>
    /// <param name="cancellation">Interrupts.</param>
    /// <exception cref="CommandFailedException">The peer or the ONNX file is missing.</exception>
    public static async Task<Opponent> OnnxRuntimeAsync(RunnableModel ours, string? original, CancellationToken cancellation) =>
        (await Opponent.OnnxRuntimeAsync(ours, original, cancellation)).OrThrow(error => new CommandFailedException(Of(error)));

    /// <summary>Starts one more process of an opponent.</summary>
    /// <exception cref="CommandFailedException">The peer is missing or refuses the model.</exception>
    /// <exception cref="PeerFailedException">A model of ours fails.</exception>
    public static async Task<PeerProcess> FreshAsync(Opponent opponent, CancellationToken cancellation) =>
        (await opponent.Fresh(cancellation)).OrThrow(error => new CommandFailedException(PeerOffer.Of(error)));

    /// <summary>Starts a process of ours that loads a model as it was loaded here.</summary>
    /// <exception cref="PeerFailedException">It ends early.</exception>
    public static Task<PeerProcess> FreshModelAsync(string source, RunnableModel loaded, CancellationToken cancellation)
    {
        bool isOpen = loaded.Tuned is null && !ModelSource.IsZoo(source);
        WorkerCommand command = LoadProbeCommand.CommandLine(source, loaded.Threads, isOpen ? ModelSource.ShapesOf(loaded.Compiled.Inputs) : []);
        return PeerProcess.StartAsync(command.FileName, command.Arguments, cancellation);
    }

    private static Failure Of(OpponentError error) => error switch
    {
        OriginalUnknown => Missing("The .attune file does not say which model it was made from."),
        OriginalMissing { WasNamed: true } missing => Missing($"There is no ONNX file {missing.Source}."),
        OriginalMissing missing => Missing($"The ONNX file that this model was made from, {missing.Source}, is neither beside it nor in this folder."),
        OpponentUnloadable unloadable => ModelFailure.Of(unloadable.Error),
        PeerUnavailable unavailable => PeerOffer.Of(unavailable.Error),
        _ => throw new ArgumentOutOfRangeException(nameof(error), error, "There is no sentence for this error."),
    };

    private static Failure Missing(string message) => new(ExitCode.Usage, ErrorCodes.FileAccess, message, "Name it with --model MODEL.");
}
