package dev.selfpruner.infra.report;

import dev.selfpruner.activities.plan.LayerPlan;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;

/** What a plan keeps as a picture: a bar a layer, for attention and for the MLP. */
public final class KeptUnitsChart {
  private static final int WIDTH = 760;
  private static final int LEFT = 60;
  private static final int RIGHT = 20;
  private static final int PANEL = 150;
  private static final int TOP = 44;
  private static final int GAP = 44;

  private KeptUnitsChart() {}

  /** The picture as SVG. */
  public static String svg(PrunedShape shape) {
    int height = TOP + 2 * PANEL + GAP + 36;
    StringBuilder svg = new StringBuilder();
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">
        <rect width="100%%" height="100%%" fill="white"/>
        """
            .formatted(WIDTH, height));
    List<LayerPlan> layers = shape.plan().layers();
    panel(svg, "query heads kept", TOP, layers, LayerPlan::queryHeads, shape.dense().queryHeads());
    panel(
        svg,
        "neurons kept",
        TOP + PANEL + GAP,
        layers,
        LayerPlan::neurons,
        shape.dense().neurons());
    return svg.append("</svg>\n").toString();
  }

  private static void panel(
      StringBuilder svg,
      String title,
      int top,
      List<LayerPlan> layers,
      ToIntFunction<LayerPlan> units,
      int all) {
    int bottom = top + PANEL;
    double each = (double) (WIDTH - LEFT - RIGHT) / layers.size();
    svg.append(text(LEFT, top - 10, "start", "%s, of %,d; by layer".formatted(title, all)));
    svg.append(text(LEFT - 8, top + 4, "end", "%,d".formatted(all)));
    svg.append(text(LEFT - 8, bottom, "end", "0"));
    svg.append(rectangle(LEFT, top, WIDTH - LEFT - RIGHT, PANEL, "#f0f0f0", ""));
    for (int i = 0; i < layers.size(); i++) {
      int kept = units.applyAsInt(layers.get(i));
      double size = (double) PANEL * kept / all;
      svg.append(
          rectangle(
              LEFT + i * each + each / 10,
              bottom - size,
              each * 0.8,
              size,
              "#1f4e9c",
              "<title>layer %d: %,d</title>".formatted(i, kept)));
      if (i % Math.max(1, layers.size() / 10) == 0) {
        svg.append(text(LEFT + (i + 0.5) * each, bottom + 15, "middle", Integer.toString(i)));
      }
    }
  }

  private static String rectangle(
      double x, double y, double width, double height, String colour, String title) {
    return String.format(
        Locale.ROOT,
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\">%s</rect>%n",
        x,
        y,
        width,
        height,
        colour,
        title);
  }

  private static String text(double x, double y, String anchor, String text) {
    return String.format(
        Locale.ROOT,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
        x,
        y,
        anchor,
        text);
  }
}
