using System.Diagnostics;
using Attune.Measuring.Processes;
using Attune.Measuring.Workers;

namespace Attune.Measuring.Guards;

/// <summary>
/// A process that outlives this one and puts things back when this one ends without a word, killed for example: it reads a pipe, and the system closes the pipe
/// whatever way this process ends. Dispose tells it that nothing is left to do and waits for its end.
/// </summary>
public sealed class GuardProcess : IDisposable
{
    /// <summary>The line that tells a guard that nothing is left to do.</summary>
    public const string Done = "done";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly Process process;

    private GuardProcess(Process process) => this.process = process;

    /// <summary>Id of the guard's process.</summary>
    public int Id => process.Id;

    /// <summary>Starts a guard.</summary>
    /// <param name="command">The program and its arguments; it is expected to call <see cref="Watch"/> on its standard input.</param>
    /// <exception cref="InvalidOperationException">The program does not start.</exception>
    public static GuardProcess Start(WorkerCommand command)
    {
        Process started = ChildProcess.Start(command, hearsErrors: false).OrThrow(
            refusal => new InvalidOperationException($"The guard '{command}' did not start ({refusal}), so no knob is turned."));

        // Until the guard listens, a killed parent would leave everything as it is.
        if (started.StandardOutput.ReadLine() is null)
        {
            started.Dispose();
            throw new InvalidOperationException($"The guard '{command}' ended at once, so no knob is turned.");
        }

        return new GuardProcess(started);
    }

    /// <summary>The guard's side: waits until the parent says that it is done, or ends.</summary>
    /// <param name="parent">The pipe from the parent.</param>
    /// <param name="answer">The pipe to the parent: a line tells it that the guard listens.</param>
    /// <returns>True when the parent ended without a word.</returns>
    public static bool Watch(TextReader parent, TextWriter answer)
    {
        answer.WriteLine("watching");
        answer.Flush();
        while (parent.ReadLine() is { } line)
        {
            if (line == Done)
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            process.StandardInput.WriteLine(Done);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended by itself; there is nobody to tell.
            process.Refresh();
        }

        if (!process.WaitForExit(Patience))
        {
            process.Kill();
        }

        process.Dispose();
    }
}
