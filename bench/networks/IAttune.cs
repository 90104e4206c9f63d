namespace Attune.Bench.Networks;

/// <summary>The command line of attune.</summary>
internal interface IAttune
{
    /// <summary>Runs a command with --json to its end.</summary>
    /// <param name="environment">Environment variables to set besides those inherited.</param>
    /// <param name="arguments">Command and options.</param>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    Task<ToolAnswer> RunAsync(IReadOnlyDictionary<string, string> environment, params IReadOnlyList<string> arguments);

    /// <summary>The help page of a command.</summary>
    Task<string> HelpAsync(string command);
}
