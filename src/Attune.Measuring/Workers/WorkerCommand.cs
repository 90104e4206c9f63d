using System.Collections.Immutable;
using System.Reflection;

namespace Attune.Measuring.Workers;

/// <summary>How a worker process is started.</summary>
/// <param name="FileName">Executable.</param>
/// <param name="Arguments">Arguments, unquoted.</param>
public sealed record WorkerCommand(string FileName, ImmutableArray<string> Arguments)
{
    /// <summary>Environment variables set on top of the inherited ones.</summary>
    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>
    /// The executable that is running now with other arguments. Handles the case that it runs as <c>dotnet program.dll</c>.
    /// </summary>
    /// <param name="arguments">Arguments that make it a worker.</param>
    /// <exception cref="InvalidOperationException">The system does not tell the path of the running program.</exception>
    public static WorkerCommand Self(params ReadOnlySpan<string> arguments) =>
        Self(System.Environment.ProcessPath, Assembly.GetEntryAssembly()?.Location, arguments);

    /// <summary>A program with its arguments; a .dll runs with the dotnet host of this process.</summary>
    /// <param name="program">Executable or .dll.</param>
    /// <param name="arguments">Arguments, unquoted.</param>
    public static WorkerCommand Of(string program, IEnumerable<string> arguments)
    {
        if (!program.EndsWith(".dll", StringComparison.Ordinal))
        {
            return new WorkerCommand(program, [.. arguments]);
        }

        bool hosted = Path.GetFileNameWithoutExtension(System.Environment.ProcessPath) == "dotnet";
        return new WorkerCommand(hosted ? System.Environment.ProcessPath! : "dotnet", [program, .. arguments]);
    }

    internal static WorkerCommand Self(string? process, string? entry, params ReadOnlySpan<string> arguments)
    {
        if (string.IsNullOrEmpty(process))
        {
            throw new InvalidOperationException("The path of the running program is unknown, so no worker can be started from it.");
        }

        bool hosted = string.Equals(Path.GetFileNameWithoutExtension(process), "dotnet", StringComparison.OrdinalIgnoreCase) && !string.IsNullOrEmpty(entry);
        return new WorkerCommand(process, hosted ? [entry!, .. arguments] : [.. arguments]);
    }

    /// <summary>The command line, for messages.</summary>
    public override string ToString() => string.Join(' ', Arguments.Prepend(FileName));
}
