using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace Attune.Cli.Output;

/// <summary>Prints results and failures, as one JSON document or for people.</summary>
internal static class ResultPrinter
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Prints a result: its data, then warnings, files written, failure and next command.</summary>
    public static void Print(Terminal terminal, CommandResult result, bool json)
    {
        if (json)
        {
            PrintJson(terminal, result);
            return;
        }

        result.Report(terminal.Report);
        foreach (string warning in result.Warnings)
        {
            terminal.Report.MarkupLineInterpolated($"[yellow]warning[/] {warning}");
        }

        foreach (string path in result.Written)
        {
            terminal.Report.MarkupLineInterpolated($"Wrote   {path}");
        }

        if (result.Failure is { } failure)
        {
            PrintForPeople(terminal, failure);
        }
        else if (result.Next is { } next)
        {
            terminal.Report.MarkupLineInterpolated($"Next    {next}");
        }
    }

    /// <summary>Prints a failure that left nothing else to print.</summary>
    public static void Print(Terminal terminal, Failure failure, bool json)
    {
        if (json)
        {
            Write(terminal, new JsonObject { ["error"] = ToJson(failure) });
        }
        else
        {
            PrintForPeople(terminal, failure);
        }
    }

    private static void PrintJson(Terminal terminal, CommandResult result)
    {
        JsonObject document = JsonSerializer.SerializeToNode(result.Data, Json)?.AsObject() ?? [];
        if (!result.Warnings.IsEmpty)
        {
            document["warnings"] = JsonSerializer.SerializeToNode(result.Warnings, Json);
        }

        if (!result.Written.IsEmpty)
        {
            document["written"] = JsonSerializer.SerializeToNode(result.Written, Json);
        }

        if (result.Failure is { } failure)
        {
            document["error"] = ToJson(failure);
        }
        else if (result.Next is { } next)
        {
            document["next"] = next;
        }

        Write(terminal, document);
    }

    private static JsonObject ToJson(Failure failure)
    {
        var error = new JsonObject { ["code"] = failure.Code, ["message"] = failure.Message, ["next"] = failure.Next };
        if (failure.Where.Length > 0)
        {
            error["where"] = failure.Where;
        }

        if (!failure.Details.IsEmpty)
        {
            error["details"] = JsonSerializer.SerializeToNode(failure.Details, Json);
        }

        return error;
    }

    private static void PrintForPeople(Terminal terminal, Failure failure)
    {
        terminal.ErrorReport.MarkupLineInterpolated($"[red]error {failure.Code}[/]  {failure.Message}");
        if (failure.Where.Length > 0)
        {
            terminal.Error.WriteLine($"  Where {failure.Where}");
        }

        foreach (string detail in failure.Details)
        {
            terminal.Error.WriteLine($"  - {detail}");
        }

        terminal.Error.WriteLine($"  Next  {failure.Next}");
    }

    private static void Write(Terminal terminal, JsonObject document)
    {
        terminal.Output.WriteLine(document.ToJsonString(Json));
        terminal.Output.Flush();
    }
}
