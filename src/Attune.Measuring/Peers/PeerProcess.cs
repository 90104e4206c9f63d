using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Attune.Measuring.Processes;
using Attune.Measuring.Workers;

namespace Attune.Measuring.Peers;

/// <summary>
/// Another inference engine in a process of its own, timed on request. It speaks JSON lines: first {"ready":true,"name":...,"load_ms":...} (the time is
/// optional), then {"ms":[...]} for every {"run":n}, or {"error":...}. One caller at a time. Dispose ends the process.
/// </summary>
public sealed class PeerProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly Task<string> errors;

    private PeerProcess(Process process, Task<string> errors, string name, IReadOnlyDictionary<string, double> facts)
    {
        this.process = process;
        this.errors = errors;
        Name = name;
        Facts = facts;
    }

    /// <summary>What the engine calls itself, with its version.</summary>
    public string Name { get; }

    /// <summary>Time in which the engine read and prepared its model, milliseconds; null when it does not tell.</summary>
    public double? LoadMs => Facts.TryGetValue("load_ms", out double load) ? load : null;

    /// <summary>Every number that the engine told when it was ready, by name.</summary>
    public IReadOnlyDictionary<string, double> Facts { get; }

    /// <summary>Starts the engine and waits until it has loaded its model and run it once.</summary>
    /// <param name="program">Executable, or a .dll to run with the dotnet host of this process.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellation">Gives up and ends the process.</param>
    /// <exception cref="PeerFailedException">The engine refused the model or ended early.</exception>
    public static async Task<PeerProcess> StartAsync(string program, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        Process started = ChildProcess.Start(WorkerCommand.Of(program, arguments)).OrThrow(
            refusal => new PeerFailedException($"{program} did not start: {refusal}."));
        Task<string> complaints = started.StandardError.ReadToEndAsync(CancellationToken.None);
        var peer = new PeerProcess(started, complaints, string.Empty, ImmutableDictionary<string, double>.Empty);
        try
        {
            using JsonDocument ready = await peer.ReadAsync(cancellation);
            var facts = ready.RootElement.EnumerateObject().Where(
                fact => fact.Value.ValueKind == JsonValueKind.Number).ToDictionary(fact => fact.Name, fact => fact.Value.GetDouble());
            return new PeerProcess(started, complaints, ready.RootElement.GetProperty("name").GetString() ?? program, facts);
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the model some times.</summary>
    /// <param name="runs">How often.</param>
    /// <param name="cancellation">Gives up waiting; the process is of no further use then.</param>
    /// <returns>Milliseconds of every run, in order.</returns>
    /// <exception cref="PeerFailedException">The engine failed or ended.</exception>
    public async Task<double[]> RunAsync(int runs, CancellationToken cancellation)
    {
        try
        {
            await process.StandardInput.WriteLineAsync($"{{\"run\":{runs}}}".AsMemory(), cancellation);
            await process.StandardInput.FlushAsync(cancellation);
        }
        catch (IOException broken)
        {
            throw new PeerFailedException(await EndedAsync(), broken);
        }

        using JsonDocument answer = await ReadAsync(cancellation);
        return [.. answer.RootElement.GetProperty("ms").EnumerateArray().Select(time => time.GetDouble())];
    }

    /// <summary>The most memory that the process ever had in physical memory, bytes; 0 where the system does not tell.</summary>
    public long PeakResidentBytes()
    {
        process.Refresh();
        return process.PeakWorkingSet64;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        ChildProcess.Kill(process);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task<JsonDocument> ReadAsync(CancellationToken cancellation)
    {
        string line = await process.StandardOutput.ReadLineAsync(cancellation) ?? throw new PeerFailedException(await EndedAsync());
        JsonDocument answer;
        try
        {
            answer = JsonDocument.Parse(line);
        }
        catch (JsonException garbled)
        {
            throw new PeerFailedException($"The peer answered something that is no JSON: {line}", garbled);
        }

        if (answer.RootElement.TryGetProperty("error", out JsonElement error))
        {
            string message = error.GetString() ?? "unknown failure";
            answer.Dispose();
            throw new PeerFailedException(message);
        }

        return answer;
    }

    private async Task<string> EndedAsync()
    {
        await process.WaitForExitAsync();
        string said = (await errors).Trim();
        return $"The peer ended with code {process.ExitCode}.{(said.Length > 0 ? $" It said: {said}" : string.Empty)}";
    }
}
