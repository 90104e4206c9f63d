using System.ComponentModel;
using System.Diagnostics;
using System.Threading.Channels;
using Attune.Measuring.Lines;

namespace Attune.Measuring;

/// <summary>
/// One running worker: its pipes, its last words, its memory. Replies arrive in <see cref="Replies"/>, which completes when the process closes its output.
/// </summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly Process process;
    private readonly Channel<WorkerReply> replies = Channel.CreateUnbounded<WorkerReply>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly OutputTail printed = new();
    private readonly Task output;
    private readonly Task errors;

    private WorkerProcess(Process process)
    {
        this.process = process;
        output = ReadRepliesAsync();
        errors = ReadErrorsAsync();
    }

    /// <summary>What the worker said, in order.</summary>
    public ChannelReader<WorkerReply> Replies => replies.Reader;

    /// <summary>Id of the process.</summary>
    public int Id => process.Id;

    /// <summary>Candidates sent so far.</summary>
    public int Served { get; private set; }

    /// <summary>The end of what the worker printed besides replies.</summary>
    public string Printed => printed.ToString();

    /// <summary>Starts a worker; it is not ready yet.</summary>
    /// <exception cref="WorkerUnavailableException">The system cannot start the program.</exception>
    public static WorkerProcess Start(WorkerCommand command)
    {
        var start = new ProcessStartInfo(command.FileName)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        foreach (string argument in command.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return new WorkerProcess(Process.Start(start)!);
        }
        catch (Exception exception) when (exception is Win32Exception or FileNotFoundException)
        {
            throw new WorkerUnavailableException($"The worker '{command}' cannot be started: {exception.Message}", exception);
        }
    }

    /// <summary>Sends a request. A worker that died meanwhile is noticed through <see cref="Replies"/>.</summary>
    public async Task SendAsync(WorkerRequest request, CancellationToken cancellation)
    {
        Served++;
        try
        {
            Stream input = process.StandardInput.BaseStream;
            await input.WriteAsync(WorkerProtocol.Encode(request), cancellation);
            await input.FlushAsync(cancellation);
        }
        catch (IOException exception)
        {
            printed.Add(System.Text.Encoding.UTF8.GetBytes(exception.Message));
        }
    }

    /// <summary>Resident memory, bytes; 0 when the process is gone.</summary>
    public long ResidentBytes()
    {
        try
        {
            process.Refresh();
            return process.HasExited ? 0 : process.WorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return 0;
        }
    }

    /// <summary>Waits until the process is gone and says how it went, with its last words.</summary>
    public async Task<string> DescribeEndAsync()
    {
        if (!await ExitedWithinAsync(Patience))
        {
            Kill();
            return $"closed its output without ending{ProcessEnd.LastWords(Printed)}";
        }

        await Task.WhenAll(output, errors).WaitAsync(Patience).ContinueWith(static _ => { }, TaskScheduler.Default);
        return ProcessEnd.Describe(process.ExitCode, Printed);
    }

    /// <summary>Ends the process at once, with its children.</summary>
    public void Kill()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            printed.Add(System.Text.Encoding.UTF8.GetBytes(exception.Message));
        }
    }

    /// <summary>Asks the worker to end by closing its input; kills it when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException exception)
        {
            printed.Add(System.Text.Encoding.UTF8.GetBytes(exception.Message));
        }

        if (!await ExitedWithinAsync(Patience))
        {
            Kill();
            await ExitedWithinAsync(Patience);
        }

        process.Dispose();
    }

    private async Task<bool> ExitedWithinAsync(TimeSpan limit)
    {
        using var source = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(source.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return process.HasExited;
        }
    }

    private async Task ReadRepliesAsync()
    {
        try
        {
            var lines = new LineReader(process.StandardOutput.BaseStream, WorkerProtocol.LongestLine);
            while (await lines.NextAsync() is { } line)
            {
                if (WorkerProtocol.DecodeReply(line.Span) is { } reply)
                {
                    await replies.Writer.WriteAsync(reply);
                }
                else
                {
                    printed.Add(line.Span);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            printed.Add(System.Text.Encoding.UTF8.GetBytes(exception.Message));
        }
        finally
        {
            replies.Writer.Complete();
        }
    }

    private async Task ReadErrorsAsync()
    {
        try
        {
            var lines = new LineReader(process.StandardError.BaseStream, WorkerProtocol.LongestLine);
            while (await lines.NextAsync() is { } line)
            {
                printed.Add(line.Span);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            printed.Add(System.Text.Encoding.UTF8.GetBytes(exception.Message));
        }
    }
}
