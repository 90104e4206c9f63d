using Spectre.Console;

namespace Attune.Cli.Output;

/// <summary>
/// The two streams of the process: results on one, progress and failures on the other. The only place that knows whether a person is watching.
/// </summary>
internal sealed class Terminal
{
    private const int WidthOfPipes = 1000;

    /// <summary>Wraps two writers.</summary>
    /// <param name="output">For results.</param>
    /// <param name="error">For progress and failures.</param>
    /// <param name="interactive">True when a person watches <paramref name="error"/>: progress may rewrite its line.</param>
    /// <param name="colour">True when results may carry colour.</param>
    /// <param name="width">Columns of the result, or null for the width used in pipes.</param>
    /// <param name="errorWidth">Columns of <paramref name="error"/> where it has others; null for the same.</param>
    public Terminal(TextWriter output, TextWriter error, bool interactive, bool colour, int? width, int? errorWidth = null)
    {
        Output = output as SteadyWriter ?? new SteadyWriter(output);
        Error = error as SteadyWriter ?? new SteadyWriter(error);
        Interactive = interactive;
        Report = Make(Output, colour, width);
        ErrorReport = Make(Error, colour && interactive, errorWidth ?? width);
    }

    /// <summary>Results; never fails, but may lose them.</summary>
    public SteadyWriter Output { get; }

    /// <summary>Progress and failures; never fails, but may lose them.</summary>
    public SteadyWriter Error { get; }

    public bool Interactive { get; }

    /// <summary>Results for people.</summary>
    public IAnsiConsole Report { get; }

    /// <summary>Failures for people.</summary>
    public IAnsiConsole ErrorReport { get; }

    /// <summary>The process's own streams; NO_COLOR and --no-color are honoured.</summary>
    public static Terminal OfProcess(bool noColour)
    {
        bool plain = noColour || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) || Environment.GetEnvironmentVariable("TERM") == "dumb";
        bool watched = StandardStreams.OutputIsTerminal;
        bool interactive = StandardStreams.ErrorIsTerminal;

        // Results may go to a file while a person watches the progress.
        return new Terminal(
            StandardStreams.OpenOutput(),
            StandardStreams.OpenError(),
            interactive,
            !plain && watched,
            watched ? WindowWidth() : null,
            interactive ? WindowWidth() : null);
    }

    /// <summary>The same with results on the other stream, for when the one meant for them refuses.</summary>
    public Terminal WithResultsOnError() => new(Error, Error, Interactive, colour: false, Report.Profile.Width);

    private static int? WindowWidth() => Console.WindowWidth > 0 ? Console.WindowWidth : null;

    private static IAnsiConsole Make(TextWriter writer, bool colour, int? width)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colour ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = width ?? WidthOfPipes;
        return console;
    }
}
