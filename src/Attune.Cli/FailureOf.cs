using Attune.Cli.Arguments;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Devices;
using Attune.Graph.Faults;
using Attune.Measuring.Workers;
using Attune.Records.Journals;
using Attune.Reference;
using Attune.Runtime;

namespace Attune.Cli;

/// <summary>What the user is told about an exception that reached the edge.</summary>
internal static class FailureOf
{
    /// <summary>Maps an exception to a failure. Anything unexpected is a defect of ours: its details go to a crash file.</summary>
    public static Failure Exception(Exception exception, TimeProvider clock) => exception switch
    {
        CommandFailedException expected => expected.Failure,
        JournalException journal => Journal(journal),
        TunedModelException model => TunedModelFailures.Of(model.Error),
        DeviceMissingException missing => DeviceArgument.Missing(missing.Device, missing.Reason).Failure,
        DeviceException failed => new Failure(ExitCode.Device, ErrorCodes.DeviceFailed, failed.Message, "attune doctor"),
        WorkerUnavailableException worker => new Failure(ExitCode.Device, ErrorCodes.NoWorker, worker.Message, worker.Next),
        UnsupportedOperatorException missing =>
            new Failure(ExitCode.Model, FaultCodes.UnsupportedOperator, missing.Message, "To list everything that is not supported: attune check MODEL"),
        InvalidNodeException invalid => new Failure(
            ExitCode.Model,
            FaultCodes.TypeMismatch,
            invalid.Message,
            "Check the inputs' values and the node's attributes against the operator's definition."),
        OperationCanceledException => new Failure(
            ExitCode.Stopped,
            ErrorCodes.Stopped,
            "Interrupted before the command was done.",
            "Run the same command again; what was recorded is kept."),
        FileNotFoundException or DirectoryNotFoundException => File(exception, "Check the path."),
        UnauthorizedAccessException => File(exception, "Check who owns the file and its folder, or choose another path."),
        IOException => File(exception, "Check free space and permissions, or choose another path."),
        _ => Bug(exception, clock),
    };

    private static Failure Journal(JournalException exception) => exception.Failure switch
    {
        JournalFailure.NotAJournal or JournalFailure.NewerSchema => new Failure(ExitCode.Model, ErrorCodes.MalformedRecords, exception.Message, exception.Next),
        JournalFailure.InUse => new Failure(ExitCode.Usage, ErrorCodes.RecordsInUse, exception.Message, exception.Next),
        JournalFailure.DiskFull => new Failure(ExitCode.Stopped, ErrorCodes.FileAccess, exception.Message, exception.Next),
        _ => new Failure(ExitCode.Usage, ErrorCodes.FileAccess, exception.Message, exception.Next),
    };

    private static Failure File(Exception exception, string next) => new(ExitCode.Usage, ErrorCodes.FileAccess, exception.Message, next);

    private static Failure Bug(Exception exception, TimeProvider clock)
    {
        string path = Path.Combine(Path.GetTempPath(), $"attune-crash-{clock.GetUtcNow():yyyyMMdd-HHmmss}-{Environment.ProcessId}.txt");
        string kept;
        try
        {
            System.IO.File.WriteAllText(
                path, $"{Environment.CommandLine}{Environment.NewLine}{Environment.Version} {Environment.OSVersion}{Environment.NewLine}{exception}");
            kept = $"details are in {path}";
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            kept = $"no crash file could be written ({unwritable.Message}); details: {exception}";
        }

        return new Failure(
            ExitCode.Bug,
            ErrorCodes.Bug,
            $"Attune failed in a way it should not: {exception.GetType().Name}: {exception.Message}",
            $"Please report it with the command you ran; {kept}.");
    }
}
